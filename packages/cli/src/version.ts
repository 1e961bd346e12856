/** The version of this release; a test compares it with the package's manifest. */
export const VERSION = "0.1.0";

/** The version of the disk format, named as in the wire contract. */
export const INTERNAL_SCHEMA_VERSION = 1;

/** What `omnigraph version` prints. */
export const VERSION_TEXT: string = `omnigraph ${VERSION}\ninternal-schema ${INTERNAL_SCHEMA_VERSION}\n`;
