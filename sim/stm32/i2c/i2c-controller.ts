// SPDX-License-Identifier: MIT
// The bit engine of an I2C block as controller: START, address, bytes with ACK, STOP, and the flags they set, in virtual time.

import type { Clock, Timer } from "../../clock.ts"
import type { I2cPort } from "../../wires/i2c-port.ts"
import type { I2cWireEvents, SclTiming } from "../../trace/i2c-wires.ts"
import { I2cSr1 } from "./i2c-registers.ts"

const BITS_PER_BYTE = 9 // eight and the acknowledge

enum Phase {
    IDLE,
    STARTING,
    STARTED, // SB: the address byte is awaited
    ADDRESSING,
    ADDRESSED, // ADDR: SCL is held low until software clears it
    TRANSMITTING,
    RECEIVING,
    HELD, // a NACK was sent or received: SCL is held low until STOP or START
    STOPPING,
    FOREIGN, // arbitration lost: another controller finishes
}

/** A fault to come: at byte `byte` of a transfer (0 = the first address byte), once. */
export interface I2cFault {
    readonly kind: "nack" | "arbitration lost" | "bus error" | "stall"
    readonly byte: number
    /** Called when it happens. */
    readonly taken?: () => void
}

/** What the engine needs of its block. */
export interface I2cControllerHost {
    readonly clock: Clock
    readonly port: I2cPort
    /** A flag changed. */
    changed(): void
    /** Software broke a rule of the data register or of CR1. */
    broken(register: "CR1" | "DR", rule: string): void
    /** Software did what the manual's sequences do otherwise, without harm. */
    doubtful(register: "DR", rule: string): void
}

/** Moves bytes between the data register and the wires. */
export class I2cController {
    /** Flags of SR1. */
    flags = 0
    timing: SclTiming = { periodNs: 0, lowNs: 0 }
    wires: I2cWireEvents | undefined
    /** Bits of CR1 that software sets and clears. */
    ack = false
    pos = false
    /** CR1_START and CR1_STOP: set by software, cleared when the condition is on the wires. */
    startRequested = false
    stopRequested = false
    controller = false // SR2_MSL
    transmitter = false // SR2_TRA
    /** Those to come; of the same kind and byte the first comes first. */
    readonly faults: I2cFault[] = []
    private phase = Phase.IDLE
    private timer: Timer | undefined
    private data = 0
    private shift = 0
    private dataFull = false // transmitter: DR waits for the shift register
    private shiftFull = false // receiver: the shift register waits for DR
    private shifting = false
    private startSeen = false
    private addressSeen = false
    private nextAck = true
    private byteIndex = 0
    private receivedBytes = 0
    private lineFault = false
    /** The DMA said that the byte after the one it read is the last. */
    private lastComes = false
    /** PE was cleared while a STOP was pending. */
    private offWhenIdle = false
    /** Changes with each reset: what waited for SCL before does not happen after it. */
    private epoch = 0

    constructor(private readonly host: I2cControllerHost) {}

    /** SR2_BUSY. SDA low without a transfer keeps it set until the block is reset. */
    get busy(): boolean {
        const { sdaHeld, sclHeld } = this.host.port.bus
        if (this.phase === Phase.IDLE && (sdaHeld || sclHeld))
            this.lineFault = true
        return this.phase !== Phase.IDLE || this.lineFault
    }

    /** DR takes a byte to send: with TXE the DMA is asked for it. */
    get sending(): boolean {
        return (
            this.transmitter &&
            (this.phase === Phase.ADDRESSED ||
                this.phase === Phase.TRANSMITTING)
        )
    }

    /** Software reset, or the block is switched off: the wires are let go without a STOP. */
    reset(): void {
        if (this.timer !== undefined) this.host.clock.cancel(this.timer)
        this.timer = undefined
        this.epoch++
        this.flags = 0
        this.ack = this.pos = this.startRequested = this.stopRequested = false
        this.controller = this.transmitter = false
        this.phase = Phase.IDLE
        this.host.port.release()
        this.data = this.shift = 0
        this.dataFull = this.shiftFull = this.shifting = false
        this.startSeen = this.addressSeen = this.lineFault = false
        this.lastComes = this.offWhenIdle = false
        this.wires?.released(this.host.clock.nowNs)
    }

    /** PE is cleared. RM0090 §27.6.1: a communication that goes on is ended first; here one whose STOP is pending. */
    switchOff(): void {
        if (this.stopRequested) this.offWhenIdle = true
        else this.reset()
    }

    /** PE is set. */
    switchOn(): void {
        this.offWhenIdle = false
    }

    /** EOT_1 of the DMA with CR2_LAST: the next byte that begins, or the one that comes in now, is not acknowledged. */
    lastByteComes(): void {
        this.lastComes = true
    }

    requestStart(): void {
        this.startRequested = true
        if (this.phase === Phase.IDLE) this.beginStart()
        else if (this.atRest()) this.turn()
    }

    requestStop(): void {
        // Without a transfer there is nothing to end; the bit falls at once.
        if (this.phase === Phase.IDLE || this.phase === Phase.FOREIGN) return
        this.stopRequested = true
        if (this.atRest()) this.turn()
    }

    /** SR1 was read: the first half of the sequences that clear SB and ADDR. */
    statusRead(): void {
        this.startSeen = (this.flags & I2cSr1.SB) !== 0
        this.addressSeen = (this.flags & I2cSr1.ADDR) !== 0
    }

    /** SR2 was read: clears ADDR when SR1 was read before. */
    status2Read(): void {
        if (!this.addressSeen || (this.flags & I2cSr1.ADDR) === 0) return
        this.addressSeen = false
        this.flags &= ~I2cSr1.ADDR
        if (this.transmitter) {
            this.phase = Phase.TRANSMITTING
            if (this.startRequested || this.stopRequested) this.turn()
            else if (this.dataFull) this.sendData()
        } else {
            this.phase = Phase.RECEIVING
            this.receivedBytes = 0
            this.beginByte()
        }
        this.host.changed()
    }

    /** @param byDma the DMA writes it, as soon as it sees TXE */
    writeData(byte: number, byDma = false): void {
        switch (this.phase) {
            case Phase.STARTED:
                if (!this.startSeen)
                    this.host.broken(
                        "DR",
                        "is written before SR1 was read: SB is not cleared"
                    )
                this.flags &= ~I2cSr1.SB
                this.shift = byte
                this.phase = Phase.ADDRESSING
                this.beginByte()
                break
            case Phase.TRANSMITTING:
                this.transmit(byte)
                break
            case Phase.ADDRESSED:
                this.fillBeforeAddrIsCleared(byte, byDma)
                break
            case Phase.HELD:
            case Phase.FOREIGN:
                break // written just as its predecessor was refused or the bus was lost: it never goes out
            default:
                this.neverSent()
        }
        this.host.changed()
    }

    private neverSent(): void {
        this.host.broken(
            "DR",
            "is written although no address or data byte can be sent now"
        )
    }

    /** TXE is set with ADDR: a byte may come already, and goes out when ADDR is cleared. */
    private fillBeforeAddrIsCleared(byte: number, byDma: boolean): void {
        if (!this.transmitter) return this.neverSent()
        if (this.dataFull) return this.overwritten()
        if (!byDma)
            this.host.doubtful(
                "DR",
                "is written before ADDR is cleared: the byte goes out after that"
            )
        this.fill(byte)
    }

    private fill(byte: number): void {
        this.data = byte
        this.dataFull = true
        this.flags &= ~I2cSr1.TXE
    }

    private overwritten(): void {
        this.host.broken(
            "DR",
            "is written while TXE is 0: the byte before it is lost"
        )
    }

    /** The byte in DR goes into the shift register. */
    private sendData(): void {
        this.shift = this.data
        this.dataFull = false
        this.flags |= I2cSr1.TXE
        this.beginByte()
    }

    readData(): number {
        const value = this.data
        this.flags &= ~I2cSr1.BTF
        if (this.shiftFull) {
            this.data = this.shift
            this.shiftFull = false
            if (this.phase === Phase.RECEIVING) this.beginByte()
        } else this.flags &= ~I2cSr1.RXNE
        this.host.changed()
        return value
    }

    private transmit(byte: number): void {
        this.flags &= ~I2cSr1.BTF
        if (!this.shifting) {
            this.shift = byte
            this.beginByte()
        } else if (!this.dataFull) this.fill(byte)
        else this.overwritten()
    }

    /** The wires are ours and no byte is on its way. */
    private atRest(): boolean {
        switch (this.phase) {
            case Phase.STARTED:
            case Phase.HELD:
                return true
            case Phase.TRANSMITTING:
            case Phase.RECEIVING:
                return !this.shifting
            default:
                return false
        }
    }

    /** Leave the byte stream by the requested STOP or repeated START. */
    private turn(): void {
        if (this.dataFull)
            this.host.broken(
                "CR1",
                "STOP or START while DR holds a byte that was not sent (TXE = 0)"
            )
        if (this.phase === Phase.RECEIVING)
            this.host.broken(
                "CR1",
                "STOP or START after an acknowledged byte: the target drives SDA for the next one"
            )
        this.dataFull = false
        if (this.stopRequested) {
            this.phase = Phase.STOPPING
            this.wires?.stop(this.host.clock.nowNs, this.timing)
            this.schedule(1, () => this.endStop())
        } else {
            this.phase = Phase.STARTING
            this.scheduleStart()
        }
    }

    private beginStart(): void {
        // The block waits for a free bus; a bus that is stuck is never free (RM0090 §27.3.3).
        if (this.busy) return
        this.phase = Phase.STARTING
        this.byteIndex = 0
        this.scheduleStart()
    }

    private scheduleStart(): void {
        this.wires?.start(this.host.clock.nowNs, this.timing)
        this.schedule(1, () => this.endStart())
    }

    private endStart(): void {
        this.startRequested = false
        this.controller = true
        this.transmitter = false
        this.phase = Phase.STARTED
        // BTF and TXE fall after the condition, not with the request for it (RM0090 §27.6.6).
        this.flags &= ~(I2cSr1.BTF | I2cSr1.TXE)
        this.flags |= I2cSr1.SB
        this.startSeen = this.lastComes = false
        if (this.stopRequested) this.turn()
        this.host.changed()
    }

    private endStop(): void {
        this.stopRequested = false
        this.host.port.stop()
        this.toIdle()
    }

    /** MSL, TRA, BUSY, BTF and TXE fall; what was received can still be read. */
    private toIdle(): void {
        this.phase = Phase.IDLE
        this.controller = this.transmitter = false
        this.flags &= ~(I2cSr1.BTF | I2cSr1.TXE)
        if (this.offWhenIdle) this.reset()
        else if (this.startRequested) this.beginStart()
        this.host.changed()
    }

    private beginByte(): void {
        this.shifting = true
        if (this.faultNow("stall")) return
        const sent = this.phase === Phase.RECEIVING ? undefined : this.shift
        this.wires?.byteBegins(this.host.clock.nowNs, this.timing, sent)
        this.schedule(BITS_PER_BYTE, () => this.endByte())
    }

    private endByte(): void {
        this.shifting = false
        if (this.faultNow("bus error")) this.flags |= I2cSr1.BERR
        const refused = this.faultNow("nack")
        const lost = this.faultNow("arbitration lost")
        this.byteIndex++
        const sending = this.phase !== Phase.RECEIVING
        // A 1 that is read back as 0 is a lost arbitration.
        if (lost || (sending && this.shift !== 0 && this.host.port.bus.sdaHeld))
            this.loseArbitration()
        else if (this.phase === Phase.ADDRESSING) this.endAddress(refused)
        else if (sending) this.endTransmitted(refused)
        else this.endReceived()
        this.host.changed()
    }

    private endAddress(refused: boolean): void {
        const read = (this.shift & 1) === 1
        const { port } = this.host
        const acknowledged = port.start(this.shift >>> 1, read, refused)
        this.wires?.byteEnds(this.shift, acknowledged)
        if (acknowledged) {
            this.phase = Phase.ADDRESSED
            this.transmitter = !read
            // DR is empty as soon as the address is through: firmware waits for both flags at once (event 0x00070082).
            this.flags |= read ? I2cSr1.ADDR : I2cSr1.ADDR | I2cSr1.TXE
            this.addressSeen = false
        } else this.refuse()
    }

    private endTransmitted(refused: boolean): void {
        const acknowledged = this.host.port.write(this.shift, refused)
        this.wires?.byteEnds(this.shift, acknowledged)
        if (!acknowledged) return this.refuse()
        if (this.stopRequested || this.startRequested) this.turn()
        else if (this.dataFull) this.sendData()
        else this.flags |= I2cSr1.BTF
    }

    private refuse(): void {
        this.flags |= I2cSr1.AF
        this.dataFull = false
        this.phase = Phase.HELD
        if (this.stopRequested || this.startRequested) this.turn()
    }

    private endReceived(): void {
        const byte = this.host.port.read()
        const acknowledged = !this.lastComes && this.acknowledges()
        this.nextAck = this.ack
        this.lastComes = false
        this.wires?.byteEnds(byte, acknowledged)
        this.receivedBytes++
        if ((this.flags & I2cSr1.RXNE) === 0) {
            this.data = byte
            this.flags |= I2cSr1.RXNE
        } else {
            this.shift = byte
            this.shiftFull = true
            this.flags |= I2cSr1.BTF
        }
        if (!acknowledged) this.phase = Phase.HELD
        if (this.stopRequested || this.startRequested) this.turn()
        else if (acknowledged && !this.shiftFull) this.beginByte()
    }

    /** POS: the ACK bit speaks of the byte after the one that is being received (RM0090 §27.6.1). */
    private acknowledges(): boolean {
        if (!this.pos) return this.ack
        return this.receivedBytes === 0 || this.nextAck
    }

    private loseArbitration(): void {
        this.flags = (this.flags | I2cSr1.ARLO) & ~(I2cSr1.BTF | I2cSr1.TXE)
        this.controller = this.transmitter = false
        this.startRequested = this.stopRequested = this.dataFull = false
        this.phase = Phase.FOREIGN
        this.wires?.lost(this.host.clock.nowNs)
        // The other controller needs about a byte; then its STOP frees the bus.
        this.schedule(BITS_PER_BYTE, () => {
            this.host.port.stop()
            this.wires?.released(this.host.clock.nowNs)
            this.toIdle()
        })
    }

    private faultNow(kind: I2cFault["kind"]): boolean {
        const index = this.faults.findIndex(
            fault => fault.kind === kind && fault.byte === this.byteIndex
        )
        if (index < 0) return false
        const [fault] = this.faults.splice(index, 1)
        fault!.taken?.()
        return true
    }

    private schedule(bits: number, run: () => void): void {
        const { epoch } = this
        const { port, clock } = this.host
        port.bus.whenSclFree(() => {
            if (epoch !== this.epoch) return
            this.timer = clock.after(bits * this.timing.periodNs, run)
        })
    }
}
