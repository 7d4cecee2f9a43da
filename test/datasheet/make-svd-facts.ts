// SPDX-License-Identifier: MIT
// Writes the facts of svd/ anew: npx tsx test/datasheet/make-svd-facts.ts FOLDER, a folder with ST's STM32F407.svd,
// STM32F429.svd and STM32F446.svd.

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { CHIPS } from "./stm32-registers.ts"
import { formatSvdFacts } from "./svd-facts.ts"
import { readSvd, type Svd, type SvdPeripheral } from "./svd.ts"

/** Compared register by register. */
const BLOCKS =
    /^(DCMI|DMA\d|I2C\d|RCC|GPIO[A-K]|USART\d|UART\d|FLASH|PWR|IWDG|EXTI|SYSCFG|CRC|RNG|TIM[18]|FSMC|FMC|SPI[1-3]|OTG_FS_\w+|ADC\d|DAC|RTC|SDIO|CAN1|Ethernet_(MAC|DMA))$/
/** Compared by their addresses only. */
const ADDRESSES = /^TIM\d+$/

function usedPart({ interrupts, peripherals }: Svd): Svd {
    const used = [...peripherals].flatMap(
        ([name, peripheral]): [string, SvdPeripheral][] => {
            if (BLOCKS.test(name)) return [[name, peripheral]]
            return ADDRESSES.test(name)
                ? [[name, { ...peripheral, registers: new Map() }]]
                : []
        }
    )
    return { interrupts, peripherals: new Map(used) }
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error("name the folder with ST's SVD files")
for (const chip of CHIPS) {
    const name = `STM32F${chip}`
    const svd = readSvd(join(folder, `${name}.svd`))
    writeFileSync(
        join(import.meta.dirname, "svd", `${name}.txt`),
        `# Facts of ${name}.svd, version ${svd.version}, by STMicroelectronics (Apache-2.0), written by make-svd-facts.ts.\n` +
            formatSvdFacts(usedPart(svd))
    )
}
