// SPDX-License-Identifier: MIT
// Stands in for @devicescript/core in vitest, so that drivers and Camera can be imported and tested without the VM.
//
// vitest.config.ts and tsconfig.json alias @devicescript/core, /drivers and /i2c to the files of this folder. A test
// connects what answers I2C transfers, and moves time itself:
//
//     import { connect } from "./core.ts"
//     const device = connect({ transfer: (address, write, read) => (address === 0x48 ? 0 : -1) })
//     await new MT9V034().init()
//     const handled = device.notify("frame") // a notification of the frame grabber; rejects when a handler throws
//     await device.advance(25) // ms of virtual time: only now does ds.sleep() go on
//     await handled
//
// A program's own Jacdac services are declared here, so that they type-check, and run in the VM only: test them in the simulator.
//
// What it is not: no bytecode, so no heap and step limits; no Jacdac, so roles are bound at once unless told otherwise;
// numbers are JavaScript's (in the VM a number with a fraction counts as false); fibers are promises.

import "./buffer.ts"

export type AsyncValue<T> = T | Promise<T>
export type AsyncVoid = AsyncValue<void>
export type Callback = () => AsyncVoid
export type Handler<T> = (value: T) => AsyncVoid
export type Unsubscribe = () => void

/** What the program meets instead of a board. */
export interface DeviceWorld {
    /**
     * One I2C transfer: write, then fill `read` (length 0: nothing is read).
     * @returns 0, or a status: -1 nobody has the address, -2 a byte was refused, -3 time-out, -4 bus error
     */
    transfer(address: number, write: Uint8Array, read: Uint8Array): number
    /** Roles are bound, default true. */
    readonly bound?: boolean
}

/** The events of the native code's Jacdac services. */
export type NotificationEvent = "frame" | "fault" | "edge"

interface Sleeper {
    readonly untilMs: number
    readonly wake: () => void
}

/** What a test does with the world it connected. */
export class Device {
    private timeMs = 0
    private sleepers: Sleeper[] = []
    private readonly listeners = new Map<NotificationEvent, Set<Listener>>()

    constructor(readonly world: DeviceWorld) {}

    /** Virtual time, ms since connect(). */
    nowMs(): number {
        return this.timeMs
    }

    /** Wait in virtual time, at least 1 ms: ds.sleep(). Whoever sleeps lets others run. */
    sleep(ms: number): Promise<void> {
        return new Promise(wake => {
            this.sleepers.push({ untilMs: this.timeMs + Math.max(1, ms), wake })
        })
    }

    /** Let time pass, ms; whoever sleeps goes on in order. */
    async advance(ms: number): Promise<void> {
        const endMs = this.timeMs + ms
        await settled()
        for (;;) {
            const next = this.sleepers.reduce<Sleeper | undefined>(
                (first, sleeper) =>
                    first && first.untilMs <= sleeper.untilMs ? first : sleeper,
                undefined
            )
            if (next === undefined || next.untilMs > endMs) break
            this.timeMs = next.untilMs
            this.sleepers = this.sleepers.filter(sleeper => sleeper !== next)
            next.wake()
            await settled()
        }
        this.timeMs = endMs
    }

    /**
     * Send a notification of the frame grabber.
     * @returns when all handlers have ended
     * @throws what a handler throws
     */
    async notify(event: NotificationEvent): Promise<void> {
        await Promise.all(
            [...this.listenersOf(event)].map(listener => listener.notify())
        )
    }

    /** For roles: whom to notify. */
    listenersOf(event: NotificationEvent): Set<Listener> {
        let listeners = this.listeners.get(event)
        if (listeners === undefined)
            this.listeners.set(event, (listeners = new Set()))
        return listeners
    }
}

/** Everything that can go on without time passing has gone on. */
function settled(): Promise<void> {
    return new Promise(resolve => setImmediate(resolve))
}

/** One subscription: while its handler waits, only the newest event is kept, as in DeviceScript. */
class Listener {
    private again = false
    private running: Promise<void> | undefined

    constructor(private readonly handler: Handler<void>) {}

    notify(): Promise<void> {
        this.again = true
        this.running ??= this.run()
        return this.running
    }

    private async run(): Promise<void> {
        // A fiber of its own, as in DeviceScript: nothing of it runs inside notify().
        await Promise.resolve()
        try {
            while (this.again) {
                this.again = false
                await this.handler()
            }
        } finally {
            this.running = undefined
        }
    }
}

let device: Device | undefined

/** Give the program a world. Roles that exist already stay with the one before. */
export function connect(world: DeviceWorld): Device {
    device = new Device(world)
    return device
}

function connected(): Device {
    if (device === undefined)
        throw new Error(
            "sim/device: call connect({ transfer }) before the program uses a bus, time or roles"
        )
    return device
}

/** Wait in virtual time. */
export function sleep(ms: number): Promise<void> {
    return connected().sleep(ms)
}

/** The same as sleep. */
export function delay(ms: number): Promise<void> {
    return sleep(ms)
}

/** Virtual time, ms. */
export function millis(): number {
    return connected().nowMs()
}

/** Drivers really run. */
export function isSimulator(): boolean {
    return false
}

export function assert(condition: boolean, message?: string): void {
    if (!condition) throw new Error(`Assertion failed: ${message ?? ""}`)
}

/** The call behind I2C.xfer. */
export function _i2cTransaction(
    address: number,
    write: Buffer,
    read?: Buffer
): Promise<number> {
    return Promise.resolve(
        connected().world.transfer(address, write, read ?? new Uint8Array(0))
    )
}

/** A Jacdac service that the program uses. */
export class Role {
    protected readonly device = connected()

    /** A server was found. */
    get isBound(): boolean {
        return this.device.world.bound ?? true
    }

    /** Where the VM's packets come in, for programs that take its place; here Event serves who subscribed. */
    _onPacket(packet?: Pick<Packet, "eventCode">): Promise<void> {
        void packet
        return Promise.resolve()
    }
}

/** An event of a role. */
export class Event<T = void> {
    constructor(
        private readonly device: Device,
        private readonly name: NotificationEvent
    ) {}

    /** Call a handler at each event; events while it waits are merged into one. */
    subscribe(handler: Handler<T>): Unsubscribe {
        const listeners = this.device.listenersOf(this.name)
        const listener = new Listener(handler as Handler<void>)
        listeners.add(listener)
        return () => {
            listeners.delete(listener)
        }
    }
}

/** The role that services/frame-grabber.md describes. */
export class FrameGrabber extends Role {
    readonly frame = new Event<void>(this.device, "frame")
    readonly fault = new Event<void>(this.device, "fault")

    constructor() {
        super()
        this.frame.subscribe(() => this._onPacket({ eventCode: 0x80 }))
    }
}

/** The role that services/board-pins.md describes. */
export class BoardPins extends Role {
    readonly edge = new Event<void>(this.device, "edge")
}

Object.defineProperty(Function.prototype, "start", {
    value(this: (...values: unknown[]) => unknown, ...values: unknown[]) {
        // A fiber of its own; an exception ends the program: here the test, as a rejection that nobody handles.
        void Promise.resolve().then(() => this(...values))
    },
    configurable: true,
})

/** A packet for or from a service of the program. */
export declare class Packet {
    readonly serviceIndex: number
    readonly serviceCommand: number
    readonly payload: Buffer
    readonly eventCode: number
    readonly isReport: boolean
    readonly isRegGet: boolean
    readonly isRegSet: boolean
    readonly regCode: number
    notImplemented(): Packet
}

/** How a register, event or report is packed. */
export interface PacketSpec {
    readonly response: PacketSpec
    encode(value: unknown): Packet
}

/** A service as its file in services/ describes it. */
export interface ServiceSpec {
    readonly classIdentifier: number
    lookup(name: string): PacketSpec
    byCode(code: number): PacketSpec
}

export declare const Camera: { readonly spec: ServiceSpec }
export declare const Control: { readonly spec: ServiceSpec }

/** Tell the compiler that something is used. */
export declare function keep(used: unknown): void

declare global {
    interface Function {
        /** Call the function in a fiber of its own. */
        start(...values: unknown[]): void
    }
}
