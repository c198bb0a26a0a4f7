/** One patch as its author sent it; `diff` is what git apply takes. */
export type SeriesPatch = {
  /** Without `[PATCH …]`. */
  subject: string;
  author: string;
  /** The commit message below the subject. */
  message: string;
  diff: string;
  /** Where it was read from: a file, or `message 3 of FILE`. */
  origin: string;
};

export const seriesForms = ['mbox', 'maildir', 'folder', 'quilt', 'range', 'work-tree'] as const;
export type SeriesForm = (typeof seriesForms)[number];

/** A patch series, whichever form it came in. */
export type PatchSeries = {
  form: SeriesForm;
  /** The file, folder or range that the user named. */
  origin: string;
  /** The cover letter's subject, else the only patch's, else the origin. */
  title: string;
  /** `v3` of the subjects; 1 without. */
  version: number;
  /** Of the cover letter, else of the first patch: what a report answers to. */
  messageId?: string;
  /** `base-commit:` (git format-patch --base): 40 hex digits. */
  baseCommit?: string;
  /** `prerequisite-patch-id:`, in order. */
  prerequisites: string[];
  patches: SeriesPatch[];
};
