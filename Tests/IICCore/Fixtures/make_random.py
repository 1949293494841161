"""Writes random.json: draws below bounds, numbers from 0 to 1 and orders, from SplitMix64's numbers.

Everything is computed here from the algorithms' descriptions: SplitMix64 (Steele, Lea, Flood, 2014), the bounded draw of
Lemire, "Fast random integer generation in an interval" (2019), the exchange of Fisher and Yates from the first place on.
"""
import json
from pathlib import Path

MASK = 2**64 - 1


class SplitMix64:
    def __init__(self, state):
        self.state = state

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        # Of the 2^64 numbers, so many at the lower ends of intervals are too many for equal chances.
        surplus = 2**64 % bound
        while True:
            product = self.next() * bound
            if product % 2**64 >= surplus:
                return product // 2**64

    def unit(self):
        return (self.next() % 2**53) / 2**53

    def shuffled(self, count):
        order = list(range(count))
        for place in range(count - 1):
            other = place + self.below(count - place)
            order[place], order[other] = order[other], order[place]
        return order


# Bounds a little above half of 2^63 are drawn again most often that a bound of Int can be: about one time in four.
bounds = [1, 2, 3, 7, 10, 1000, 2**31, 2**62 + 1, 2**63 - 1]
cases = []
for state in [0, 1, 12345, 2**64 - 1]:
    numbers = SplitMix64(state)
    cases.append({
        "state": str(state),
        "below": [[str(bound), [str(numbers.below(bound)) for _ in range(12)]] for bound in bounds],
        "units": [repr(numbers.unit()) for _ in range(8)],
        "orders": [numbers.shuffled(count) for count in [0, 1, 2, 5, 30]],
        # Shows that as many numbers were taken.
        "next": str(numbers.next()),
    })
Path(__file__).with_name("random.json").write_text(json.dumps(cases, indent=1) + "\n")
