// SPDX-License-Identifier: MIT
// Makes the pictures of README and docs from real runs: `npm run pictures`, or only some: `npm run pictures -- run view`.

import { followPicture } from "./pictures/follow.ts"
import { lcdPicture } from "./pictures/lcd.ts"
import { motionPicture } from "./pictures/motion.ts"
import { runPicture } from "./pictures/run.ts"
import { scopePictures } from "./pictures/scope.ts"
import { timeLapsePicture } from "./pictures/time-lapse.ts"
import { triggeredPicture } from "./pictures/triggered.ts"
import { viewPicture } from "./pictures/view.ts"

/** Each makes files in docs/pictures. */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
    run: runPicture,
    scope: scopePictures,
    view: viewPicture,
    follow: followPicture,
    motion: motionPicture,
    "time-lapse": timeLapsePicture,
    lcd: lcdPicture,
    triggered: triggeredPicture,
}

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !(name in PARTS))
if (unknown.length > 0)
    throw new Error(
        `no pictures "${unknown.join(" ")}"; there are: ${Object.keys(PARTS).join(" ")}`
    )
for (const [name, make] of Object.entries(PARTS))
    if (asked.length === 0 || asked.includes(name)) await make()
