// SPDX-License-Identifier: MIT
// Makes the images of README and docs from real runs: `npm run images`, or only some: `npm run images -- run view`.

import { followImage } from "./images/follow.ts"
import { lcdImage } from "./images/lcd.ts"
import { motionImage } from "./images/motion.ts"
import { profileImages } from "./images/profile.ts"
import { runImage } from "./images/run.ts"
import { scopeImages } from "./images/scope.ts"
import { timeLapseImage } from "./images/time-lapse.ts"
import { triggeredImage } from "./images/triggered.ts"
import { viewImage } from "./images/view.ts"
import { wiringImages } from "./images/wiring.ts"

/** Each makes files in docs/images. */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
    run: runImage,
    scope: scopeImages,
    view: viewImage,
    follow: followImage,
    motion: motionImage,
    "time-lapse": timeLapseImage,
    lcd: lcdImage,
    triggered: triggeredImage,
    profile: profileImages,
    wiring: wiringImages,
}

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !(name in PARTS))
if (unknown.length > 0)
    throw new Error(
        `no images "${unknown.join(" ")}"; there are: ${Object.keys(PARTS).join(" ")}`
    )
for (const [name, make] of Object.entries(PARTS))
    if (asked.length === 0 || asked.includes(name)) await make()
