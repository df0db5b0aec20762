// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/json.h"

#include "mase/support/error.h"

#include <algorithm>
#include <fmt/ranges.h>
#include <limits>

namespace mase {
namespace {

constexpr size_t deepest = 64;

/// Builds the value while it watches for what the library's own builder passes over.
class StrictBuilder : public nlohmann::json_sax<Json> {
public:
  StrictBuilder(std::string_view file, std::string_view text) : file_(file), text_(text) {}
  Json take() { return std::move(root_); }

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t &) override { return put(value); }
  bool string(string_t &value) override { return put(std::move(value)); }
  bool binary(binary_t &) override { return false; }
  bool start_object(size_t) override { return open(Json::object()); }
  bool start_array(size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t &value) override {
    auto [member, isNew] = open_.back()->get_ref<Json::object_t &>().emplace(std::move(value), nullptr);
    if (!isNew)
      fail("{}: the key {} appears twice in one object", file_, inQuotes(member->first));
    member_ = &member->second;
    return true;
  }

  bool parse_error(size_t position, const std::string &, const nlohmann::detail::exception &) override {
    std::string_view read = text_.substr(0, std::min(position, text_.size()));
    auto line = std::count(read.begin(), read.end(), '\n') + 1;
    size_t column = read.size() - (read.rfind('\n') + 1); // npos + 1 is 0: the first line
    fail("{}:{}:{}: is not valid JSON{}", file_, line, column, position > text_.size() ? " (it ends early)" : "");
  }

private:
  template <typename T>
  bool put(T &&value) {
    place(std::forward<T>(value));
    return true;
  }
  bool open(Json container) {
    if (open_.size() == deepest)
      fail("{}: is nested deeper than {} levels", file_, deepest);
    open_.push_back(&place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  Json &place(Json value) {
    if (open_.empty())
      return root_ = std::move(value);
    if (open_.back()->is_object())
      return *member_ = std::move(value);
    // Nothing is appended to an array while one of its elements is open: the reference stays valid.
    return open_.back()->get_ref<Json::array_t &>().emplace_back(std::move(value));
  }

  std::string_view file_, text_;
  Json root_;
  Json *member_ = nullptr;
  std::vector<Json *> open_;
};

} // namespace

Json parseJson(std::string_view file, std::string_view text) {
  StrictBuilder builder(file, text);
  Json::sax_parse(text, &builder);
  return builder.take();
}

std::string inQuotes(std::string_view text) {
  std::string shown(text.substr(0, 80));
  if (shown.size() < text.size())
    shown += "...";
  return Json(shown).dump(-1, ' ', false, Json::error_handler_t::replace);
}

JsonObject::JsonObject(std::string_view file, const Json &value, std::string path)
    : file_(file), value_(value), path_(std::move(path)) {
  if (!value.is_object())
    fail("{}: {} is not an object", file_, path_.empty() ? "the outermost value" : path_.substr(0, path_.size() - 1));
}

const Json *JsonObject::find(const char *key) const {
  auto member = value_.find(key);
  return member == value_.end() || member->is_null() ? nullptr : &*member;
}

const Json &JsonObject::require(const char *key) const {
  if (const Json *member = find(key))
    return *member;
  fail("{}: {} is missing", file_, nameOf(key));
}

JsonObject JsonObject::object(const char *key) const { return {file_, require(key), nameOf(key) + "."}; }

const Json &JsonObject::array(const char *key) const {
  const Json &member = require(key);
  if (!member.is_array())
    fail("{}: {} is not an array", file_, nameOf(key));
  return member;
}

int64_t JsonObject::integer(const char *key, int64_t least, int64_t most) const {
  const Json &member = require(key);
  if (!member.is_number_integer())
    fail("{}: {} is {}, not an integer", file_, nameOf(key), inQuotes(member.dump()));
  bool fits = !member.is_number_unsigned() || member.get<uint64_t>() <= std::numeric_limits<int64_t>::max();
  if (!fits || member.get<int64_t>() < least || member.get<int64_t>() > most)
    fail("{}: {} is {}, out of range ({} to {})", file_, nameOf(key), member.dump(), least, most);
  return member.get<int64_t>();
}

int64_t JsonObject::integerOr(const char *key, int64_t least, int64_t most, int64_t otherwise) const {
  return find(key) ? integer(key, least, most) : otherwise;
}

double JsonObject::number(const char *key) const {
  const Json &member = require(key);
  if (!member.is_number())
    fail("{}: {} is {}, not a number", file_, nameOf(key), inQuotes(member.dump()));
  return member.get<double>();
}

std::string JsonObject::text(const char *key) const {
  const Json &member = require(key);
  if (!member.is_string())
    fail("{}: {} is {}, not a string", file_, nameOf(key), inQuotes(member.dump()));
  return member.get<std::string>();
}

bool JsonObject::flag(const char *key) const {
  const Json &member = require(key);
  if (!member.is_boolean())
    fail("{}: {} is {}, not true or false", file_, nameOf(key), inQuotes(member.dump()));
  return member.get<bool>();
}

void JsonObject::allowOnly(std::initializer_list<std::string_view> known) const {
  for (auto &[key, value] : value_.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      fail("{}: {} is not a known member (known: {})", file_, nameOf(key.c_str()), fmt::join(known, ", "));
}

bool JsonObject::flagOr(const char *key, bool otherwise) const { return find(key) ? flag(key) : otherwise; }

} // namespace mase
