// SPDX-License-Identifier: MIT
// What programs do, one kind after the other, each between two marks. Nothing in it depends on time, so that simulator and
// emulated board execute the same operations between two marks.
import * as ds from "@devicescript/core"
import { mark } from "./mark"

const ID = hex`00`
const answer = Buffer.alloc(4)
const block = Buffer.alloc(28)

class Point {
    x = 1
    y = 2
    z = 3
    add(n: number): number {
        return this.x + n
    }
}

let total = 0
const bytes = Buffer.alloc(256)
const list: number[] = []
const point = new Point()

function double(n: number): number {
    return n + n
}

async function later(n: number): Promise<number> {
    return n
}

function emptyLoop(n: number): void {
    for (let i = 0; i < n; i++) {}
}

function localSum(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum = sum + i
    return sum
}

function integers(n: number): number {
    let a = 1
    for (let i = 0; i < n; i++) a = ((a << 1) ^ (i & 0xff)) & 0xffff
    return a
}

function fractions(n: number): number {
    let a = 0.5
    for (let i = 0; i < n; i++) a = a * 1.0001 + 0.25
    return a
}

function divisions(n: number): number {
    let a = 0
    for (let i = 1; i < n; i++) a = a + 1000 / i
    return a
}

function globals(n: number): void {
    for (let i = 0; i < n; i++) total = total + i
}

function fields(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum = sum + point.x + point.z
    return sum
}

function fieldWrites(n: number): void {
    for (let i = 0; i < n; i++) point.y = i
}

function calls(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum = double(sum & 7)
    return sum
}

function methods(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum = point.add(sum & 7)
    return sum
}

async function asyncCalls(n: number): Promise<number> {
    let sum = 0
    for (let i = 0; i < n; i++) sum = await later(sum)
    return sum
}

function closures(n: number): number {
    let sum = 0
    const add = (k: number): void => {
        sum = sum + k
    }
    for (let i = 0; i < n; i++) add(i)
    return sum
}

function bufferSum(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum = sum + bytes[i & 255]
    return sum
}

function bufferWrites(n: number): void {
    for (let i = 0; i < n; i++) bytes[i & 255] = i & 255
}

function bufferGetAt(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum = sum + bytes.getAt(4, "u16")
    return sum
}

function bufferMax(n: number): number {
    let max = 0
    for (let i = 0; i < n; i++) {
        const level = bytes[i & 255]
        if (level > max) max = level
    }
    return max
}

function mathCalls(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum = sum + Math.floor(i / 3)
    return sum
}

function arrays(n: number): number {
    for (let i = 0; i < n; i++) list.push(i)
    let sum = 0
    for (const value of list) sum = sum + value
    while (list.length > 0) list.pop()
    return sum
}

function objects(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) {
        const pair = { x: i, y: i + 1 }
        sum = sum + pair.x
    }
    return sum
}

function buffers(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum = sum + Buffer.alloc(16).length
    return sum
}

function strings(n: number): number {
    let length = 0
    for (let i = 0; i < n; i++) length = length + `${i}: ${total}`.length
    return length
}

function branches(n: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) {
        if (i % 3 === 0) sum = sum + 1
        else if (i % 5 !== 0 && sum < 4) sum = sum - 1
    }
    return sum
}

function transfers(n: number, read: Buffer): void {
    for (let i = 0; i < n; i++) (ds as any)._i2cTransaction(0x7e, ID, read)
}

// A pause in between: the VM ends a program that does 131,072 operations without one.
while (true) {
    await ds.sleep(20)
    mark()
    mark()
    emptyLoop(500)
    mark()
    localSum(500)
    mark()
    integers(300)
    mark()
    fractions(300)
    mark()
    divisions(300)
    mark()
    globals(300)
    mark()
    fields(300)
    mark()
    fieldWrites(300)
    mark()
    calls(300)
    mark()
    methods(300)
    mark()
    await asyncCalls(300)
    mark()
    closures(300)
    mark()
    await ds.sleep(20)
    mark()
    bufferSum(400)
    mark()
    bufferWrites(400)
    mark()
    bufferGetAt(300)
    mark()
    bufferMax(300)
    mark()
    mathCalls(300)
    mark()
    arrays(100)
    mark()
    objects(100)
    mark()
    buffers(100)
    mark()
    strings(50)
    mark()
    branches(300)
    mark()
    transfers(100, answer)
    mark()
    transfers(100, block)
    mark()
}
