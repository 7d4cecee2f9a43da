// SPDX-License-Identifier: MIT
// A Jacdac host: finds services by their announcements, reads and writes registers, hears events. Knows no camera.
//
// One read is outstanding at a time, and all packets keep to HOST_PACE: the board's meter drops what is faster. Not
// done: pipes, acknowledgements (a program's services send none), and a device of its own that others could find.

import type { JacdacLine } from "../../sim/wires/jacdac-bus.ts"
import {
    Command,
    decodeFrame,
    encodeFrame,
    FrameFlag,
} from "../../protocol/jacdac-frame.ts"
import type { JacdacPacket } from "../../protocol/jacdac-frame.ts"
import { HOST_PACE, PacketMeter } from "../../sim/wires/jacdac-meter.ts"

/** Time as the line has it: virtual in a simulation, a computer's own on a serial link. */
export interface Timers {
    /** Any clock that does not go back. */
    nowUs(): number
    after(delayUs: number, run: () => void): void
}

/** One service of one device. */
export interface ServiceAddress {
    /** 16 hexadecimal digits. */
    readonly deviceId: string
    readonly serviceIndex: number
    readonly serviceClass: number
}

/** An event, once, however often it was repeated on the line. */
export interface ServiceEvent {
    readonly code: number
    readonly payload: Uint8Array
}

/** What a register is to hold. */
export interface RegisterWrite {
    readonly register: number
    readonly payload: Uint8Array
}

/** No answer came, or the service has no such register. */
export class JacdacError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "JacdacError"
    }
}

/** A device is gone when it is silent for that long; it announces itself every 500 ms. */
const LOST_US = 2_000_000
/** An answer waits for at most 1 s for the latest frame, and for its turn among the VM's packets. */
const ANSWER_US = 2_000_000
/** Lost packets are rare: a line that loses two of a read's in a row is broken. */
const ATTEMPTS = 2
/** Events repeat within 70 ms. Numbers wrap after 128 events, which takes a device that keeps to 5/s 25 s. */
const EVENT_REPEATS_US = 500_000

interface Device {
    heardUs: number
    readonly services: readonly number[]
}

/** Goes out as one frame. */
interface WriteFrame {
    readonly service: ServiceAddress
    readonly writes: readonly RegisterWrite[]
}

interface Read {
    readonly service: ServiceAddress
    readonly register: number
    readonly resolve: (payload: Uint8Array) => void
    readonly reject: (error: Error) => void
    attempts: number
    /** Tells a time-out of an attempt before from one of this. */
    turn: number
}

/** Speaks for one host on a line. */
export class JacdacHost {
    private readonly devices = new Map<string, Device>()
    private readonly pace = new PacketMeter(HOST_PACE)
    private readonly reads: Read[] = []
    private writes: WriteFrame[] = []
    private readonly searches: {
        serviceClass: number
        resolve: (service: ServiceAddress) => void
    }[] = []
    private readonly events = new Map<
        string,
        Set<(event: ServiceEvent) => void>
    >()
    private readonly seenEvents = new Map<string, number>()
    private outstanding: Read | undefined
    private turns = 0
    private waking = false
    private readonly stopListening: () => void

    constructor(
        private readonly line: JacdacLine,
        private readonly timers: Timers
    ) {
        this.stopListening = line.onFrame(bytes => this.received(bytes))
    }

    /** Stop listening; reads that wait are rejected. */
    close(): void {
        this.stopListening()
        const waiting = this.reads.splice(0)
        if (this.outstanding) waiting.unshift(this.outstanding)
        this.outstanding = undefined
        for (const read of waiting)
            read.reject(new JacdacError("the Jacdac line was closed"))
    }

    /** Services of a class that were heard of within the last 2 s. */
    services(serviceClass: number): ServiceAddress[] {
        const found: ServiceAddress[] = []
        for (const [deviceId, device] of this.devices) {
            if (this.timers.nowUs() - device.heardUs > LOST_US) continue
            device.services.forEach((announced, i) => {
                if (announced === serviceClass)
                    found.push({ deviceId, serviceIndex: i + 1, serviceClass })
            })
        }
        return found
    }

    /** Wait for a service of a class; devices announce themselves every 500 ms. */
    find(serviceClass: number): Promise<ServiceAddress> {
        const found = this.services(serviceClass)[0]
        if (found) return Promise.resolve(found)
        return new Promise(resolve => {
            this.searches.push({ serviceClass, resolve })
        })
    }

    /**
     * Read a register.
     * @throws JacdacError when nobody answers, or there is no such register
     */
    read(service: ServiceAddress, register: number): Promise<Uint8Array> {
        return new Promise((resolve, reject) => {
            this.reads.push({
                service,
                register,
                resolve,
                reject,
                attempts: 0,
                turn: 0,
            })
            this.pump()
        })
    }

    /**
     * Write registers, all in one frame, so that a service can apply them together; there is no answer. A write that still
     * waits for its turn is replaced by a newer one of the same register.
     * @throws JacdacError for more registers than the meter lets pass at once
     */
    write(service: ServiceAddress, writes: readonly RegisterWrite[]): void {
        if (writes.length > HOST_PACE.burst)
            throw new JacdacError(
                `${writes.length} registers at once, at most ${HOST_PACE.burst} pass`
            )
        const newer = new Set(writes.map(({ register }) => register))
        this.writes = this.writes
            .map(waiting =>
                sameService(waiting.service, service)
                    ? {
                          service,
                          writes: waiting.writes.filter(
                              ({ register }) => !newer.has(register)
                          ),
                      }
                    : waiting
            )
            .filter(waiting => waiting.writes.length > 0)
        this.writes.push({ service, writes })
        this.pump()
    }

    /**
     * Hear a service's events, each once.
     * @returns a function that ends it
     */
    onEvent(
        service: ServiceAddress,
        listener: (event: ServiceEvent) => void
    ): () => void {
        const key = serviceKey(service.deviceId, service.serviceIndex)
        const listeners = this.events.get(key) ?? new Set()
        listeners.add(listener)
        this.events.set(key, listeners)
        return () => listeners.delete(listener)
    }

    /** Send what may be sent now; writes first, in their order. */
    private pump(): void {
        for (;;) {
            const read = this.outstanding ? undefined : this.reads[0]
            const write = this.writes[0]
            if (!read && !write) return
            const packets = write?.writes.length ?? 1
            const waitUs = this.pace.waitUs(this.timers.nowUs(), packets)
            if (waitUs > 0) {
                this.wakeAfter(waitUs)
                return
            }
            if (write) {
                this.writes.shift()
                const packets = write.writes.map(({ register, payload }) => ({
                    command: Command.SET | register,
                    payload,
                }))
                this.send(commandFrame(write.service, packets))
            } else if (read) this.ask(this.reads.shift()!)
        }
    }

    private wakeAfter(waitUs: number): void {
        if (this.waking) return
        this.waking = true
        this.timers.after(waitUs, () => {
            this.waking = false
            this.pump()
        })
    }

    private ask(read: Read): void {
        const { service, register } = read
        this.outstanding = read
        read.attempts++
        const turn = ++this.turns
        read.turn = turn
        this.timers.after(ANSWER_US, () => this.late(read, turn))
        const command = Command.GET | register
        this.send(
            commandFrame(service, [{ command, payload: new Uint8Array(0) }])
        )
    }

    private late(read: Read, turn: number): void {
        if (this.outstanding !== read || read.turn !== turn) return
        this.outstanding = undefined
        if (read.attempts < ATTEMPTS) this.reads.unshift(read)
        else
            read.reject(
                new JacdacError(
                    `register ${hex(read.register)} of device ${read.service.deviceId}: no answer in ` +
                        `${ATTEMPTS} attempts of ${ANSWER_US / 1e6} s`
                )
            )
        this.pump()
    }

    private send(frame: Uint8Array): void {
        this.pace.take(frame, this.timers.nowUs())
        this.line.send(frame)
    }

    private received(bytes: Uint8Array): void {
        let frame
        try {
            frame = decodeFrame(bytes)
        } catch {
            // A damaged frame is as if none came.
            return
        }
        if (frame.flags & FrameFlag.COMMAND) return
        for (const packet of frame.packets) this.report(frame.deviceId, packet)
    }

    private report(deviceId: string, packet: JacdacPacket): void {
        const { serviceIndex, command, payload } = packet
        if (serviceIndex === 0 && command === Command.ANNOUNCE)
            this.announced(deviceId, payload)
        else if (command & Command.EVENT)
            this.event(deviceId, serviceIndex, command, payload)
        else this.answered(deviceId, packet)
    }

    private announced(deviceId: string, payload: Uint8Array): void {
        const words = viewOf(payload)
        const services: number[] = []
        for (let offset = 4; offset + 4 <= payload.length; offset += 4)
            services.push(words.getUint32(offset, true))
        this.devices.set(deviceId, { heardUs: this.timers.nowUs(), services })
        for (const search of this.searches.splice(0)) {
            const found = this.services(search.serviceClass)[0]
            if (found) search.resolve(found)
            else this.searches.push(search)
        }
    }

    private event(
        deviceId: string,
        serviceIndex: number,
        command: number,
        payload: Uint8Array
    ): void {
        const nowUs = this.timers.nowUs()
        const number = `${deviceId}:${command >> 8}`
        const seenUs = this.seenEvents.get(number)
        if (seenUs !== undefined && nowUs - seenUs < EVENT_REPEATS_US) return
        this.seenEvents.set(number, nowUs)
        const listeners = this.events.get(serviceKey(deviceId, serviceIndex))
        const event = { code: command & 0xff, payload }
        for (const listener of listeners ?? []) listener(event)
    }

    private answered(deviceId: string, packet: JacdacPacket): void {
        const read = this.outstanding
        if (
            !read ||
            read.service.deviceId !== deviceId ||
            read.service.serviceIndex !== packet.serviceIndex
        )
            return
        const wanted = Command.GET | read.register
        if (packet.command === wanted) {
            this.outstanding = undefined
            read.resolve(packet.payload)
        } else if (
            packet.command === Command.NOT_IMPLEMENTED &&
            packet.payload.length >= 2 &&
            viewOf(packet.payload).getUint16(0, true) === wanted
        ) {
            this.outstanding = undefined
            read.reject(
                new JacdacError(
                    `device ${deviceId} has no register ${hex(read.register)} in its service ${packet.serviceIndex}`
                )
            )
        }
        this.pump()
    }
}

function commandFrame(
    { deviceId, serviceIndex }: ServiceAddress,
    packets: readonly Omit<JacdacPacket, "serviceIndex">[]
): Uint8Array {
    return encodeFrame({
        flags: FrameFlag.COMMAND,
        deviceId,
        packets: packets.map(packet => ({ serviceIndex, ...packet })),
    })
}

function sameService(a: ServiceAddress, b: ServiceAddress): boolean {
    return a.deviceId === b.deviceId && a.serviceIndex === b.serviceIndex
}

function serviceKey(deviceId: string, serviceIndex: number): string {
    return `${deviceId}:${serviceIndex}`
}

function viewOf(bytes: Uint8Array): DataView {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function hex(register: number): string {
    return `0x${register.toString(16)}`
}
