# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints the IR of a file with the first norm's weight as the bias of the first linear: 128 numbers are 128 numbers."""
import re
import sys

text = open(sys.argv[1]).read()
bias = re.search(r'(%\w+) = mase.weight "model.layers.0.input_layernorm.weight" : (tensor<[^>]*>)', text)
linear = re.search(r'mase.linear (%\w+, %\w+) module ("model.layers.0.self_attn.q_proj") : (tensor<[^>]*>, tensor<[^>]*>)', text)
print(text.replace(linear.group(), f"mase.linear {linear[1]} bias {bias[1]} module {linear[2]} : {linear[3]}, {bias[2]}"), end="")
