"""Everything that can be wrong with an order, found in one pass.

Each module here looks at one side of the order and yields what it finds; none stops the others.
The arithmetic, in the order's price basis, at the currency's minor unit:

- A line comes to quantity × unit price, rounded, minus its allocations. Basis gross: that is its
  gross, tax = gross × rate / (100 + rate) rounded, net = gross − tax. Basis net: that is its net,
  tax = net × rate / 100 rounded.
- A charge is given by its net and tax after allocations; net + tax is its gross.
- Rounding by line: each tax as above. Rounding by invoice: the taxes of one tax code, over lines
  and charges, add up to the tax of their sum, and each is within one minor unit of its own.
- goods_net and charges_net are sums of nets, discount_total the sum of all allocations,
  gross = goods_net + charges_net + tax_total + rounding_adjustment.
"""
