/** A guest's root file system, ready to boot. */
export type Image = {
  name: string;
  id: string;
  /** The EROFS file that machines share, read-only. */
  rootfs: string;
  /** Version of every Debian package in it. */
  packages: Record<string, string>;
  builtMs?: number;
  cached: boolean;
};

/** What is kept beside a built image. The same recipe built later may have got newer packages: `builtAt` tells. */
export type ImageManifest = {
  name: string;
  suite: string;
  packages: Record<string, string>;
  builtAt: string;
  builtMs: number;
};

/** What an image is made of, `extends` resolved: base first, so that later entries win. Sources are absolute paths. */
export type Recipe = {
  name: string;
  packages: string[];
  overlay: OverlayEntry[];
  programs: string[];
  /** C sources of shared libraries. */
  libraries: string[];
  /** Shared libraries that nothing calls, by file name. */
  stubs: string[];
};

/** A file or a folder of the host, and where in the guest it goes: a folder's content is merged into `to`. */
export type OverlayEntry = { from: string; to: string };
