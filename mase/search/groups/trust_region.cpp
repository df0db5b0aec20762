// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/trust_region.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace mase::groups {
namespace {

using Costs = std::vector<std::vector<double>>;

/// One format up or down for one tensor.
struct Move {
  size_t tensor = 0;
  int direction = 0; // +1 or -1
  double bits = 0;   // what it adds to the average, negative for a move down
  double saved = 0;  // cost before less cost after
  int moved = 0;     // how many more tensors are away from the center after it: -1, 0 or 1
};

struct Bargain {
  std::vector<Move> moves;
  double bits = 0, saved = 0;
  int moved = 0;
  void add(const Move &move) {
    moves.push_back(move);
    bits += move.bits;
    saved += move.saved;
    moved += move.moved;
  }
  double worth() const { return saved / std::max(moved, 1); }
};

/// All moves from `choice` whose cost is finite.
std::vector<Move> movesFrom(const Space &space, const Costs &cost, const Choice &center, const Choice &choice,
                            int direction) {
  std::vector<Move> moves;
  for (size_t i = 0; i < choice.size(); ++i) {
    const Variable &variable = space.variables[i];
    const int to = choice[i] + direction;
    if (to < 0 || to >= static_cast<int>(variable.choices.size()))
      continue;
    const auto from = static_cast<size_t>(choice[i]), next = static_cast<size_t>(to);
    if (!std::isfinite(cost[i][next]))
      continue;
    moves.push_back({i, direction, variable.share * (variable.bits[next] - variable.bits[from]),
                     cost[i][from] - cost[i][next], (to != center[i]) - (choice[i] != center[i])});
  }
  return moves;
}

double ratio(const Move &move) { return move.saved / std::max(std::abs(move.bits), 1e-12); }

/// `up` and the cheapest moves down that pay for it, at most `room` tensors; no moves when that cannot be.
Bargain pay(const Move &up, const std::vector<Move> &downs, double slack, int room) {
  Bargain bargain;
  bargain.add(up);
  for (const Move &down : downs) { // the least harm a bit first
    if (bargain.bits <= slack)
      break;
    if (down.tensor != up.tensor)
      bargain.add(down);
  }
  // The last one may have made earlier ones superfluous: the most harmful of them go.
  for (;;) {
    size_t harmful = 0;
    for (size_t k = 1; k < bargain.moves.size(); ++k)
      if (bargain.bits - bargain.moves[k].bits <= slack &&
          (harmful == 0 || bargain.moves[k].saved < bargain.moves[harmful].saved))
        harmful = k;
    if (harmful == 0 || bargain.moves[harmful].saved >= 0)
      break;
    Bargain rest;
    for (size_t k = 0; k < bargain.moves.size(); ++k)
      if (k != harmful)
        rest.add(bargain.moves[k]);
    bargain = std::move(rest);
  }
  return bargain.bits <= slack && bargain.moved <= room ? bargain : Bargain{};
}

/// `down` and the moves up that make most of its bits.
Bargain spend(const Move &down, const std::vector<Move> &ups, double slack, int room) {
  Bargain bargain;
  bargain.add(down);
  for (const Move &up : ups) // the most saved a bit first
    if (up.saved > 0 && up.tensor != down.tensor && bargain.bits + up.bits <= slack && bargain.moved + up.moved <= room)
      bargain.add(up);
  return bargain.moved <= room ? bargain : Bargain{};
}

} // namespace

Choice exchangeWithin(const Space &space, const Costs &cost, const Choice &center, int radius) {
  assert(space.fits(center));
  Choice choice = center;
  const auto byRatio = [](const Move &a, const Move &b) { return ratio(a) > ratio(b); };
  const int most = static_cast<int>(choice.size()) * 16; // each bargain saves something, so this is only a backstop
  for (int round = 0, moved = 0; round < most; ++round) {
    std::vector<Move> ups = movesFrom(space, cost, center, choice, 1),
                      downs = movesFrom(space, cost, center, choice, -1);
    std::stable_sort(ups.begin(), ups.end(), byRatio);
    std::stable_sort(downs.begin(), downs.end(), byRatio);
    const double slack = space.budget ? *space.budget - space.averageBits(choice) : 1e300;
    Bargain best;
    const auto consider = [&](Bargain bargain) {
      if (!bargain.moves.empty() && bargain.saved > 1e-15 && (best.moves.empty() || bargain.worth() > best.worth()))
        best = std::move(bargain);
    };
    for (const Move &up : ups)
      if (up.saved > 0)
        consider(pay(up, downs, slack, radius - moved));
    for (const Move &down : downs)
      consider(spend(down, ups, slack, radius - moved));
    if (best.moves.empty())
      break;
    Choice next = choice;
    for (const Move &move : best.moves)
      next[move.tensor] += move.direction;
    if (!space.fits(next)) // sums in another order round otherwise
      break;
    choice = std::move(next);
    moved += best.moved;
  }
  return choice;
}

} // namespace mase::groups
