// The TC160's silicon, for the simulator: an I2C target with registers, and frames on the parallel bus. Written from the sheet, not
// from the driver, so that a test compares two readings of it.

import type {
    Level,
    SensorFrame,
    SensorModel,
    SensorModuleWithModel,
    SensorWiring,
} from "camscript/testing"

const WIDTH = 160
const HEIGHT = 120
const ROW_CLOCKS = 200

class Tc160Model implements SensorModel {
    readonly name = "TC160"
    readonly address: number
    chipId: number | undefined
    onFrame: ((frame: SensorFrame) => void) | undefined
    /** Infinity: no clock comes. */
    pixclkNs: number

    private readonly registers = new Uint8Array(5)
    private pointer: number | undefined
    private powered = true
    private sequence = 0
    private sending = false
    private pixels = new Uint8Array(WIDTH * HEIGHT)

    constructor(private readonly wiring: SensorWiring) {
        this.address = wiring.i2cAddress
        this.pixclkNs = 1e9 / wiring.xclkHz
        this.reset()
    }

    private reset(): void {
        this.registers.fill(0)
        this.registers[0] = 0xc6
        this.registers[3] = 8
        this.registers[4] = 1
    }

    start(read: boolean): boolean {
        if (!read) this.pointer = undefined
        return this.powered && this.clocked
    }

    write(byte: number): boolean {
        if (this.pointer === undefined) {
            this.pointer = byte
            return byte < this.registers.length
        }
        // ID cannot be written.
        if (this.pointer === 0 || this.pointer >= this.registers.length)
            return false
        this.registers[this.pointer] = byte
        this.wiring.log.write("TC160", `R${this.pointer}`, byte)
        if (this.pointer === 1) this.run()
        this.pointer++
        return true
    }

    read(): number {
        const at = this.pointer ?? 0
        this.pointer = at + 1
        const id = at === 0 ? this.chipId : undefined
        return id ?? this.registers[at] ?? 0xff
    }

    stop(): void {}

    setReset(level: Level): void {
        if (level === 0) this.reset()
    }

    setStandby(): void {}
    setExposurePin(): void {}

    /** A frame on its way keeps the clock that it began with. */
    setXclk(hz: number): void {
        this.pixclkNs = 1e9 / hz
        this.run()
    }

    setPower(on: boolean): void {
        this.powered = on
        this.reset()
    }

    brownOut(): void {
        this.reset()
    }

    /** The whole field as it was when the frame began: a copy, as the scene may go on. */
    expected({ startNs }: SensorFrame): Uint8Array {
        return Uint8Array.from(this.wiring.scene.at(startNs).luma)
    }

    private get clocked(): boolean {
        return this.pixclkNs !== Infinity
    }

    private get running(): boolean {
        return this.powered && this.clocked && (this.registers[1]! & 1) === 1
    }

    private run(): void {
        if (this.running && !this.sending) this.frame()
    }

    /** Rows with their blanking, then the blanking between frames; an exposure changes no pixel of this example. */
    private frame(): void {
        const { clock, sink, scene } = this.wiring
        const { pixclkNs } = this
        const startNs = clock.nowNs
        const rowNs = ROW_CLOCKS * pixclkNs
        const exposureUs = (this.registers[4]! * rowNs) / 1000
        const vblank = (this.registers[2]! << 8) | this.registers[3]!
        this.sending = true
        this.pixels = Uint8Array.from(scene.at(startNs).luma)
        sink.vsync(1)
        for (let row = 0; row < HEIGHT; row++) {
            const lineNs = startNs + row * rowNs + 20 * pixclkNs
            clock.at(lineNs, () => sink.hsync(1))
            clock.at(lineNs + WIDTH * pixclkNs, () => {
                sink.line({
                    bytes: this.pixels.subarray(row * WIDTH, (row + 1) * WIDTH),
                    startNs: lineNs,
                    periodNs: pixclkNs,
                    stableEdge: "rising",
                })
                sink.hsync(0)
            })
        }
        const endNs = startNs + HEIGHT * rowNs
        clock.at(endNs, () => {
            this.onFrame?.({
                sequence: this.sequence++,
                startNs,
                endNs,
                window: { x: 0, y: 0, width: WIDTH, height: HEIGHT },
                columns: WIDTH,
                rows: HEIGHT,
                exposureUs,
                gain: 1,
                unusable: false,
            })
            sink.vsync(0)
        })
        clock.at(endNs + vblank * rowNs, () => {
            this.sending = false
            this.run()
        })
    }
}

/** For `sensorModule` of simulate(). */
export const TC160_MODULE: SensorModuleWithModel = {
    field: { width: WIDTH, height: HEIGHT },
    address: 0x2a,
    create: wiring => new Tc160Model(wiring),
}
