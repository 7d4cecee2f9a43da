// SPDX-License-Identifier: MIT
import { expect, it } from "vitest"
import { formatSvdFacts, parseSvdFacts } from "./svd-facts.ts"
import { parseSvd } from "./svd.ts"

const FILE = `<device><version>1.2</version><peripherals>
  <peripheral><name>GPIOA</name><baseAddress>0x40020000</baseAddress>
    <interrupt><name>EXTI0</name><value>6</value></interrupt>
    <registers>
      <register><name>MODER</name><addressOffset>0x0</addressOffset><resetValue>0xA8000000</resetValue>
        <fields>
          <field><name>MODER15</name><bitOffset>30</bitOffset><bitWidth>2</bitWidth></field>
          <field><name>MODER0</name><bitOffset>0</bitOffset><bitWidth>1</bitWidth></field>
        </fields>
      </register>
      <register><name>IDR</name><addressOffset>0x10</addressOffset><resetValue>0x0</resetValue><fields></fields></register>
    </registers>
  </peripheral>
  <peripheral derivedFrom="GPIOA"><name>GPIOB</name><baseAddress>0x40020400</baseAddress></peripheral>
</peripherals></device>`

const FACTS = `interrupt EXTI0 6
GPIOA 0x40020000
    MODER 0x0=0xa8000000 MODER15:30+2 MODER0:0
    IDR 0x10
GPIOB 0x40020400 GPIOA
`

it("writes the facts of an SVD file down", () => {
    expect(formatSvdFacts(parseSvd(FILE))).toBe(FACTS)
})

it("reads them as they were in the file", () => {
    const { interrupts, peripherals } = parseSvd(FILE)

    expect(parseSvdFacts(`# of a file\n${FACTS}`)).toEqual({
        interrupts,
        peripherals,
    })
})
