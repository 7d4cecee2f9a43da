// SPDX-License-Identifier: MIT
// Language and library: inheritance.

import { print } from "./lib/print"

abstract class Shape {
    constructor(readonly name: string) {}
    abstract area(): number
    describe(): string {
        return `${this.name} of ${this.area()}`
    }
}
class Square extends Shape {
    constructor(readonly side: number) {
        super("square")
    }
    override area(): number {
        return this.side * this.side
    }
}
class Circle extends Shape {
    constructor(readonly radius: number) {
        super("circle")
    }
    override area(): number {
        return Math.PI * this.radius ** 2
    }
    override describe(): string {
        return `round ${this.area()}`
    }
}

export async function run(): Promise<void> {
    const shapes: Shape[] = [new Square(3), new Circle(2), new Square(1.5)]
    for (const shape of shapes)
        print(
            shape.name,
            shape.area(),
            shape.describe(),
            shape instanceof Square,
            shape instanceof Shape
        )
}
