/** Formats of `p2plab report`, in the order of its help; apart from what makes them, which is much to load. */
export const formatNames = [
  ...(['mail', 'markdown', 'github', 'junit', 'tap', 'ktap'] as const),
  ...(['kcidb', 'html', 'svg', 'b4', 'normalised'] as const),
];

export type FormatName = (typeof formatNames)[number];
