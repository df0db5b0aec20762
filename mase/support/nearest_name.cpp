// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/nearest_name.h"

#include <algorithm>
#include <cctype>

namespace mase {
namespace {

size_t editDistance(std::string_view a, std::string_view b) {
  auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  };
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i)
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + !same(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

} // namespace

std::string nearestName(std::string_view wrong, const std::vector<std::string> &known) {
  std::string best;
  size_t bestDistance = ~size_t{0};
  for (const std::string &name : known) {
    size_t distance = editDistance(wrong, name);
    if (distance < bestDistance && 2 * distance <= std::max(wrong.size(), name.size())) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

std::string nameHint(std::string_view wrong, const std::vector<std::string> &known) {
  std::string hint;
  for (const std::string &name : known)
    hint += (hint.empty() ? "" : ", ") + name;
  if (std::string nearest = nearestName(wrong, known); !nearest.empty())
    return "did you mean '" + nearest + "'? known: " + hint;
  return "known: " + hint;
}

} // namespace mase
