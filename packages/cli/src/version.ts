/** This release; a test holds it to the package's manifest. */
export const VERSION = "0.1.0";

/** Version of the disk format, named as the wire names it. */
export const INTERNAL_SCHEMA_VERSION = 1;

/** What `omnigraph version` prints. */
export const VERSION_TEXT: string = `omnigraph ${VERSION}\ninternal-schema ${INTERNAL_SCHEMA_VERSION}\n`;
