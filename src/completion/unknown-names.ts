import { type Catalog, knows, type ModuleDefinition } from "../catalog/catalog.ts";
import type { EntityType } from "../model/entity.ts";
import type { LearningEvent } from "../model/events/index.ts";
import type { Name, Statement } from "../model/events/statement.ts";
import type { Warning, WarningCode } from "../model/warning.ts";

/** How each kind of name is looked up in a module, and what a warning says of one that is not there. */
const NAMES: Record<
  Name["of"],
  { code: WarningCode; words: string; isKnown: (module: ModuleDefinition, name: string) => boolean }
> = {
  task: {
    code: "UNKNOWN_TASK",
    words: "task",
    isKnown: ({ tasks }, name) => tasks.some(({ slug }) => slug === name),
  },
  step: {
    code: "UNKNOWN_STEP",
    words: "step",
    isKnown: ({ steps }, name) => steps.includes(name),
  },
  component: {
    code: "UNKNOWN_COMPONENT",
    words: "score component",
    isKnown: ({ score }, name) => Object.hasOwn(score?.weights ?? {}, name),
  },
  item: {
    code: "UNKNOWN_ITEM",
    words: "review item",
    isKnown: ({ reviewItems }, name) => reviewItems.some(({ id }) => id === name),
  },
};

/** Pages may be published before the catalog: what it does not know is kept, and said. */
export function unknownNames(catalog: Catalog, event: LearningEvent, { names }: Statement): Warning[] {
  const { moduleSlug, courseSlug, pathwaySlug } = event;
  const module = moduleSlug === undefined ? undefined : catalog.module.get(moduleSlug);
  const strange = module ? names.filter(({ of, name }) => !NAMES[of].isKnown(module, name)) : [];
  return [
    ...unknownEntity(catalog, "module", moduleSlug),
    ...unknownEntity(catalog, "course", courseSlug),
    ...unknownEntity(catalog, "pathway", pathwaySlug),
    ...strange.map(({ of, name }): Warning => {
      const { code, words } = NAMES[of];
      return { code, message: `The module ${moduleSlug} has no ${words} ${name} yet; what was sent is kept` };
    }),
  ];
}

function unknownEntity(catalog: Catalog, type: EntityType, slug: string | undefined): Warning[] {
  if (slug === undefined || knows(catalog, { type, slug })) return [];
  const code = `UNKNOWN_${type.toUpperCase() as Uppercase<EntityType>}` as const;
  return [{ code, message: `The catalog has no ${type} ${slug} yet; what was sent is kept` }];
}
