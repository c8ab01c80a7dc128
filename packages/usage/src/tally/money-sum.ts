/**
 * Adds up amounts without drifting: what rounding takes from a sum is kept beside it (Neumaier, 1974).
 *
 * A million amounts of 1e-6 are 1, and so are they in any order; plain `+=` is off by 8e-12 there, and
 * loses what is small beside a large sum altogether.
 */
export class MoneySum {
  #sum = 0;
  #rest = 0;

  add(amount: number): void {
    const sum = this.#sum + amount;
    // The larger of the two keeps its digits, so what is missing is of the smaller.
    this.#rest +=
      Math.abs(this.#sum) >= Math.abs(amount) ? this.#sum - sum + amount : amount - sum + this.#sum;
    this.#sum = sum;
  }

  merge(other: MoneySum): void {
    this.add(other.#sum);
    this.#rest += other.#rest;
  }

  get value(): number {
    return this.#sum + this.#rest;
  }
}
