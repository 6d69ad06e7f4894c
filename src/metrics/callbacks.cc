#include "metrics/callbacks.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

// What the callback returns, if it does.
std::optional<double> Call(Callback& callback, std::chrono::nanoseconds timeout,
                           CollectedAppender& appender) {
  const auto leave_out = [&](std::string_view reason) {
    appender.Report(
        fmt::format("the callback of \"{}\" is left out: {}", callback.family.name, reason));
    return std::nullopt;
  };
  const ExclusiveCall::Turn turn(callback.call, timeout);
  if (turn.state() == ExclusiveCall::Turn::State::kClosed) return std::nullopt;
  if (turn.state() == ExclusiveCall::Turn::State::kBusy) {
    return leave_out("it has not returned to another Gather");
  }
  try {
    const double value = callback.function();
    if (callback.family.type == MetricType::kCounter && !(value >= 0)) {
      return leave_out(fmt::format("it returned {}, and a counter is at least 0", value));
    }
    return value;
  } catch (const std::exception& error) {
    return leave_out(fmt::format("it threw: {}", error.what()));
  } catch (...) {
    return leave_out("it threw something that is no std::exception");
  }
}

}  // namespace

std::shared_ptr<const CallbackList> WithCallback(const CallbackList& list,
                                                 const std::shared_ptr<Callback>& added,
                                                 const Callback*& conflict) {
  auto result = std::make_shared<CallbackList>();
  for (const std::shared_ptr<Callback>& callback : list) {
    if (callback->call.closed()) continue;
    const CollectedFamily& family = callback->family;
    if (family.name == added->family.name &&
        (family.type != added->family.type || family.help != added->family.help ||
         family.unit != added->family.unit || callback->labels == added->labels)) {
      conflict = callback.get();
      return nullptr;
    }
    result->push_back(callback);
  }
  const auto place = std::upper_bound(
      result->begin(), result->end(), added->family.name,
      [](const std::string& name, const auto& callback) { return name < callback->family.name; });
  result->insert(place, added);
  return result;
}

bool HasCallback(const CallbackList& list, std::string_view name) {
  for (const std::shared_ptr<Callback>& callback : list) {
    if (callback->family.name == name && !callback->call.closed()) return true;
  }
  return false;
}

void CollectCallbacks(const CallbackList& list, std::chrono::nanoseconds timeout,
                      CollectedAppender& appender) {
  for (auto first = list.begin(); first != list.end();) {
    CollectedFamily family = (*first)->family;
    const auto last = std::find_if(first, list.end(), [&](const auto& callback) {
      return callback->family.name != family.name;
    });
    for (; first != last; ++first) {
      if (const std::optional<double> value = Call(**first, timeout, appender)) {
        family.samples.emplace_back((*first)->labels, *value);
      }
    }
    if (!family.samples.empty()) appender.AppendOrReport(family);
  }
}

}  // namespace metrics

CallbackRegistration::CallbackRegistration(std::shared_ptr<metrics::Callback> callback) noexcept
    : callback_(std::move(callback)) {}

CallbackRegistration::~CallbackRegistration() { Remove(); }

CallbackRegistration& CallbackRegistration::operator=(CallbackRegistration&& other) noexcept {
  if (this != &other) {
    Remove();
    callback_ = std::move(other.callback_);
  }
  return *this;
}

void CallbackRegistration::Remove() noexcept {
  const std::shared_ptr<metrics::Callback> callback = std::move(callback_);
  if (callback == nullptr || callback->call.Close()) return;
  // Nobody calls it any more: what it captured goes now, though the registry may keep the rest.
  callback->function = nullptr;
}

VITALS_NAMESPACE_END
