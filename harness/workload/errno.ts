/** What glibc's strerror() says of some errors, since a shell tells no number. */
const names: Record<string, string> = {
  'Operation not permitted': 'EPERM',
  'No such file or directory': 'ENOENT',
  'Input/output error': 'EIO',
  'No such device or address': 'ENXIO',
  'Cannot allocate memory': 'ENOMEM',
  'Permission denied': 'EACCES',
  'Block device required': 'ENOTBLK',
  'Device or resource busy': 'EBUSY',
  'File exists': 'EEXIST',
  'No such device': 'ENODEV',
  'Is a directory': 'EISDIR',
  'Invalid argument': 'EINVAL',
  'Too many open files': 'EMFILE',
  'Operation not supported': 'EOPNOTSUPP',
};

/** `EINVAL` for `Invalid argument`; an unknown text as it is. */
export const errnoOf = (text: string): string => names[text.trim()] ?? text.trim();
