import { expect, it } from "vitest";
import { ContactIdentifier } from "../../src/model/learner.ts";

it.each([
  ["contactId as text", { contactId: "123" }, "123"],
  ["contactId as a number", { contactId: 123 }, "123"],
  ["contactId zero", { contactId: 0 }, "0"],
  ["contactId with blanks around it", { contactId: "  123\t" }, "123"],
  ["contactId in capitals, which stay", { contactId: "AbC" }, "AbC"],
  ["contactId in Unicode's composed form", { contactId: "Zoe\u0308" }, "Zo\u00eb"],
  ["email in Unicode's composed form", { email: "zoe\u0308@example.com" }, "zo\u00eb@example.com"],
  ["contactId that is an email, in lower case", { contactId: "Ada@Example.COM" }, "ada@example.com"],
  ["contactId with dots in it", { contactId: "..." }, "..."],
  ["contactId of 256 characters once composed", { contactId: "e\u0301".repeat(256) }, "\u00e9".repeat(256)],
  ["contactId before the email", { contactId: "123", email: "a@example.com" }, "123"],
  ["email where contactId is missing", { email: "a@example.com" }, "a@example.com"],
  ["email where contactId is null", { contactId: null, email: "a@example.com" }, "a@example.com"],
  ["email where contactId is empty", { contactId: "", email: "a@example.com" }, "a@example.com"],
  ["email where contactId is blank", { contactId: "  \t", email: "a@example.com" }, "a@example.com"],
  ["email trimmed and in lower case", { email: "  Ada@Example.COM " }, "ada@example.com"],
  ["contactId where the email is blank", { contactId: "123", email: " " }, "123"],
  ["contactId where the email is none", { contactId: "123", email: "ada" }, "123"],
  ["contactId where the email is a number", { contactId: "123", email: 1 }, "123"],
  ["contactId where the email is an object", { contactId: "123", email: { at: "example.com" } }, "123"],
  ["contactId where the email is too long", { contactId: "123", email: "x".repeat(300) }, "123"],
  ["contactId of 256 characters", { contactId: "x".repeat(256) }, "x".repeat(256)],
  ["contactId with own fields beside it", { contactId: "123", vid: 7 }, "123"],
])("a learner is known by %s", (_, identifier, learnerId) => {
  expect(ContactIdentifier.parse(identifier)).toBe(learnerId);
});

it.each([
  ["neither", {}],
  ["both null", { contactId: null, email: null }],
  ["both blank", { contactId: " ", email: "" }],
  ["contactId that is a dot", { contactId: "." }],
  ["contactId that is two dots", { contactId: " .. " }],
  ["contactId of 257 characters once composed", { contactId: "e\u0301".repeat(257) }],
  ["contactId as a fraction", { contactId: 1.5 }],
  ["contactId as a number that has lost digits", { contactId: 2 ** 53 }],
  ["contactId as a boolean", { contactId: true }],
  ["contactId as a list", { contactId: ["123"] }],
  ["contactId as an object", { contactId: { id: "123" } }],
  ["contactId of 257 characters", { contactId: "x".repeat(257) }],
  ["contactId with a control character", { contactId: "1\u00002" }],
  ["contactId with a lone surrogate", { contactId: "1\uDC00" }],
  ["email without @", { email: "ada" }],
  ["email without @ beside a blank contactId", { contactId: " ", email: "ada" }],
  ["contactId that is unusable beside a good email", { contactId: [], email: "ada@example.com" }],
  ["email with two @", { email: "a@b@c" }],
  ["email with a blank inside", { email: "a b@example.com" }],
  ["email as a number", { email: 1 }],
  ["email of 255 characters", { email: `${"x".repeat(243)}@example.com` }],
  ["a text for the object", "123"],
  ["a list for the object", ["123"]],
  ["null", null],
  ["nothing", undefined],
])("a learner is refused: %s", (_, identifier) => {
  expect(ContactIdentifier.safeParse(identifier).success).toBe(false);
});
