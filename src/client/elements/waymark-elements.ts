import { WaymarkBadge } from "./badge.ts";
import { WaymarkCourse } from "./course.ts";
import { connect } from "./element.ts";
import { WaymarkMissing } from "./missing.ts";
import { WaymarkProgress } from "./progress.ts";
import { createReads, type Readable } from "./reads.ts";
import { TEXTS, type Texts } from "./texts.ts";

const ELEMENTS = { progress: WaymarkProgress, course: WaymarkCourse, missing: WaymarkMissing, badge: WaymarkBadge };

/**
 * Fills the page's `<waymark-…>` elements with what the service says of this learner, and keeps them true.
 * Called again, for another learner or in another language, it fills them anew.
 */
export function use(waymark: Readable, { texts = {} }: { texts?: Partial<Texts> } = {}): void {
  for (const [name, element] of Object.entries(ELEMENTS))
    if (!customElements.get(`waymark-${name}`)) customElements.define(`waymark-${name}`, element);
  connect({ watch: createReads(waymark), texts: { ...TEXTS, ...texts } });
}
