// SPDX-License-Identifier: MIT
// Requests and their answers: one at a time, repeated when no answer comes.

import { LinkRefusedError, NoAnswerError } from "./link-errors.ts"
import { decodeError, type Message } from "../../protocol/link/messages.ts"
import type { Timer } from "./timer.ts"
import { MessageType } from "../../protocol/link/wire.ts"

export interface RequestOptions<T> {
    readonly message: Message
    /** The value of an answer; undefined: this is no answer, go on waiting. */
    readonly accept: (answer: Message) => T | undefined
    /** An answer that says that work goes on: how long it may take from now, ms. No further try is made then. */
    readonly goesOn?: (answer: Message) => number | undefined
    readonly timeoutMs: number
    readonly tries: number
    /** What a user can do when nothing answers. */
    readonly hint: string
}

interface Pending {
    readonly type: MessageType
    /** Of each try; an ERROR names the one it is about. */
    readonly sequences: number[]
    readonly take: (answer: Message) => boolean
    readonly fail: (error: Error) => void
}

/** Sends requests in order; the next one goes out when the one before it has its answer. */
export class LinkRequests {
    private queue: Promise<unknown> = Promise.resolve()
    private pending: Pending | undefined

    /** @param send numbers a message, tells the number, then sends: the answer may come before it returns */
    constructor(
        private readonly send: (
            message: Message,
            numbered: (sequence: number) => void
        ) => void,
        private readonly timer: Timer
    ) {}

    /**
     * @throws NoAnswerError after the last try
     * @throws LinkRefusedError when the device refuses the request
     */
    request<T>(options: RequestOptions<T>): Promise<T> {
        const result = this.queue.then(() => this.run(options))
        this.queue = result.catch(() => {})
        return result
    }

    /** A message came. @returns whether it was the answer to the request */
    take(message: Message): boolean {
        const { pending } = this
        if (pending === undefined) return false
        if (message.type !== MessageType.ERROR) return pending.take(message)
        const refusal = decodeError(message.body)
        if (
            refusal === undefined ||
            refusal.type !== pending.type ||
            !pending.sequences.includes(refusal.sequence)
        )
            return false
        pending.fail(new LinkRefusedError(refusal))
        return true
    }

    /** End the request under way with an error. */
    fail(error: Error): void {
        this.pending?.fail(error)
    }

    private run<T>(options: RequestOptions<T>): Promise<T> {
        const { message, accept, goesOn, timeoutMs, tries, hint } = options
        const { type } = message
        return new Promise<T>((resolve, reject) => {
            const sequences: number[] = []
            let callOff = (): void => {}
            const settle = (action: () => void): void => {
                callOff()
                this.pending = undefined
                action()
            }
            this.pending = {
                type,
                sequences,
                take: answer => {
                    const longerMs = goesOn?.(answer)
                    if (longerMs !== undefined) {
                        callOff()
                        callOff = this.timer.after(longerMs, () =>
                            giveUp(1, longerMs)
                        )
                        return true
                    }
                    const value = accept(answer)
                    if (value === undefined) return false
                    settle(() => resolve(value))
                    return true
                },
                fail: error => settle(() => reject(error)),
            }
            const giveUp = (times: number, ms: number): void =>
                settle(() => reject(new NoAnswerError(type, times, ms, hint)))
            const attempt = (): void => {
                if (sequences.length === tries) return giveUp(tries, timeoutMs)
                callOff = this.timer.after(timeoutMs, attempt)
                this.send(message, sequence => sequences.push(sequence))
            }
            attempt()
        })
    }
}
