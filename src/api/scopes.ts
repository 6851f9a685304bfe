import { SCOPES, type Scope } from "../model/scope.ts";

/** Our scopes as an identity provider may have to write them: it may allow no colon, or put a resource before them. */
const OTHERWISE = /^(?:waymark\/|(?:\S+\/)?waymark\.)(write|read|admin)$/;

/** What a name in a token allows, where it is one of ours or another way to write it. */
const scopeOf = (name: string): Scope | undefined => {
  const plain = name.replace(OTHERWISE, "waymark:$1");
  return SCOPES.find((scope) => scope === plain);
};

/** What the names in a token allow. @param others names of the identity provider's own, each with what it stands for */
export function scopesOf(names: readonly string[], others: ReadonlyMap<string, Scope> = new Map()): ReadonlySet<Scope> {
  const scopes = names.map((name) => others.get(name) ?? scopeOf(name));
  return new Set(scopes.filter((scope) => scope !== undefined));
}
