/** What could move the cursor, recolour or reorder a terminal: control characters and bidirectional overrides. */
const unsafe = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text of a file or an argument made safe to show on one line: a file cannot write to the user's terminal. */
export const printable = (text: string): string => text.replace(/\t/g, "  ").replace(unsafe, "\ufffd");
