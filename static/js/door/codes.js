// Door codes as they are read or typed, and names as they are searched.

// Longer texts are another kind of code: a contact card, a boarding pass.
const LONGEST = 300;
const CODE = /^[0-9A-HJKMNP-TV-Z]{12}$/;
const BETWEEN = /[ \-\u2010-\u2014\u00a0\t\r\n]/g;

// The twelve characters of a door code, or null where this is none. Forgiving: case, spaces, dashes, letters that
// look like digits, a missing beginning, and whatever a scanner's keyboard makes of the colon after SW1.
export function readCode(text) {
  if (text.length > LONGEST) return null;
  let code = text.replace(BETWEEN, "").toUpperCase();
  if (code.startsWith("SW1") && [15, 16].includes(code.length)) code = code.slice(-12);
  code = code.replaceAll("O", "0").replace(/[IL]/g, "1");
  return CODE.test(code) ? code : null;
}

// True for what no person is called: one of our codes with its beginning, a web address, a long number.
export function isNoName(text) {
  return /^\s*SW1[^0-9A-Z]|[:/@?=#&<>{}]|\d{4}/i.test(text) || text.length > 100;
}

const PLAIN = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ı: "i" };

// A name without case and accents: “Łukasz Müller” is found by “lukasz muller”.
export function fold(name) {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[ßæœøđðþłı]/g, (letter) => PLAIN[letter])
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

// True when each word that was typed begins a word of the name.
export function fits(folded, words) {
  return words.every((word) => folded.startsWith(word) || folded.includes(" " + word));
}
