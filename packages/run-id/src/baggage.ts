import { decodePercent, encodePercent } from "./percent.ts";

/** Names and values that travel with a run: `{ tenant: "acme" }`. */
export type Baggage = Readonly<Record<string, string>>;

/** One member of a `baggage` header, as it stands there. */
export interface BaggageMember {
  readonly name: string;
  /** `tenant=acme;property`. */
  readonly text: string;
}

// W3C Baggage, section 3.3.2: at least 64 members and 8,192 bytes have to be passed on; its grammar
// allows for 180.
const MAX_MEMBERS = 180;
const MAX_BYTES = 8192;

// A token of RFC 7230, section 3.2.6.
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
// What a value may consist of: ASCII but for space, controls, quote, comma, semicolon and backslash.
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/** Tells whether a text may be the name of a member. */
export function isBaggageName(name: string): boolean {
  return NAME.test(name);
}

/** The well-formed members of a `baggage` header within the limits, in their order. Never throws. */
export function baggageMembers(header: string): BaggageMember[] {
  const texts = header.slice(0, MAX_BYTES).split(",");
  if (header.length > MAX_BYTES) texts.pop(); // it is cut
  return texts.slice(0, MAX_MEMBERS).flatMap((member) => {
    const text = member.trim();
    const name = text.slice(0, text.indexOf("=")).trim();
    return NAME.test(name) && VALUE.test(memberValue(text)) ? [{ name, text }] : [];
  });
}

/** What members say; their properties are left out, and of two with one name the later counts. */
export function baggageOf(members: readonly BaggageMember[]): Baggage {
  return Object.fromEntries(
    members.map(({ name, text }) => [name, decodePercent(memberValue(text))]),
  );
}

/** The members for names and values. */
export function membersOf(baggage: Baggage): BaggageMember[] {
  return Object.entries(baggage).map(([name, value]) => ({
    name,
    text: `${name}=${encodePercent(value)}`,
  }));
}

/**
 * A `baggage` header of as many members as there is room for, the first ones first; of those with one
 * name the first.
 */
export function formatBaggage(members: readonly BaggageMember[]): string {
  const names = new Set<string>();
  let header = "";
  for (const { name, text } of members) {
    const longer = header === "" ? text : `${header},${text}`;
    if (names.has(name) || names.size === MAX_MEMBERS || longer.length > MAX_BYTES) continue;
    names.add(name);
    header = longer;
  }
  return header;
}

/** The value of a member, without its properties. */
function memberValue(text: string): string {
  const [value = ""] = text.slice(text.indexOf("=") + 1).split(";", 1);
  return value.trim();
}
