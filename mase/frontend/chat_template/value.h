// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a chat template computes with: JSON's values, namespaces that functions and loops may change, and nothing at
/// all.
///
/// A value is JSON; an undefined one (a name or a member that is not there) is told apart from none, as Jinja does.
#pragma once

#include "mase/frontend/json.h"

namespace mase::chat {

/// JSON of ordered objects: a template's loops see members in the order of the file.
using Value = nlohmann::ordered_json;

/// JSON has no value for "not there": its discarded one is not used otherwise.
inline Value undefined() { return Value(Value::value_t::discarded); }
inline bool isUndefined(const Value &value) { return value.is_discarded(); }

/// As Python: empty, zero, none, undefined are false.
inline bool isTrue(const Value &value) {
  if (isUndefined(value) || value.is_null())
    return false;
  if (value.is_boolean())
    return value.get<bool>();
  if (value.is_number())
    return value.get<double>() != 0;
  return value.is_string() ? !value.get_ref<const std::string &>().empty() : !value.empty();
}

} // namespace mase::chat
