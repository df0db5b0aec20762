// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/adamw/adamw.h"

#include <cmath>

namespace mase {

void adamw(const AdamWSettings &settings, const float *gradient, float *m, float *v, float *weight, int64_t count) {
  const auto beta1 = static_cast<float>(settings.beta1), beta2 = static_cast<float>(settings.beta2);
  const auto times = static_cast<float>(settings.gradient);
  const auto epsilon = static_cast<float>(settings.epsilon);
  const auto keep = static_cast<float>(1 - settings.rate * settings.decay);
  const auto step = static_cast<double>(settings.step);
  const auto rate = static_cast<float>(settings.rate / (1 - std::pow(settings.beta1, step)));
  const auto root = static_cast<float>(1 / std::sqrt(1 - std::pow(settings.beta2, step)));
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] * times;
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    weight[i] = keep * weight[i] - rate * m[i] / (std::sqrt(v[i]) * root + epsilon);
  }
}

} // namespace mase
