#include "vitals/trace/trace_store.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "base/fork.h"
#include "fmt/format.h"
#include "trace/store_state.h"

VITALS_NAMESPACE_BEGIN
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kKibibyte = 1024;
constexpr std::size_t kMebibyte = 1024 * kKibibyte;

// Beyond, adding to a clock could overflow.
constexpr nanoseconds kLongestTime = std::chrono::hours(24 * 365);

absl::Status CheckCount(std::string_view name, std::size_t value, std::size_t least,
                        std::size_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} is {}, must be from {} to {}", name, value, least, most));
}

absl::Status CheckTime(std::string_view name, nanoseconds least, nanoseconds& value) {
  if (value < least) {
    return absl::InvalidArgumentError(
        fmt::format("{} is {} ns, must be at least {} ns", name, value.count(), least.count()));
  }
  value = std::min(value, kLongestTime);
  return absl::OkStatus();
}

absl::Status CheckTimes(TraceStoreOptions& options) {
  constexpr nanoseconds kLeast = std::chrono::milliseconds(1);
  absl::Status status;
  status.Update(CheckTime("max_age", kLeast, options.max_age));
  status.Update(CheckTime("grace_period", nanoseconds(0), options.grace_period));
  status.Update(CheckTime("max_pending_age", kLeast, options.max_pending_age));
  status.Update(CheckTime("keeping.slowest_window", kLeast, options.keeping.slowest_window));
  return status;
}

absl::Status CheckSizes(const TraceStoreOptions& options) {
  constexpr std::size_t kMost = std::size_t{1} << 40;
  constexpr std::size_t kMostOfATrace = std::size_t{1} << 30;
  constexpr std::size_t kMostSpans = std::size_t{1} << 24;
  const std::size_t most_of_a_trace =
      std::min({options.max_bytes, options.max_pending_bytes, kMostOfATrace});
  absl::Status status;
  status.Update(CheckCount("max_bytes", options.max_bytes, kMebibyte, kMost));
  status.Update(CheckCount("max_pending_bytes", options.max_pending_bytes, 64 * kKibibyte, kMost));
  status.Update(CheckCount("max_spans_per_trace", options.max_spans_per_trace, 1, kMostSpans));
  status.Update(
      CheckCount("max_bytes_per_trace", options.max_bytes_per_trace, kKibibyte, most_of_a_trace));
  status.Update(CheckCount("cached_decisions", options.cached_decisions, 8, std::size_t{16} << 20));
  status.Update(CheckCount("keeping.slowest_per_root", options.keeping.slowest_per_root, 0, 1'000));
  const double share = options.keeping.random_share;
  if (!(share >= 0 && share <= 1)) {
    status.Update(absl::InvalidArgumentError(
        fmt::format("keeping.random_share is {}, must be from 0 to 1", share)));
  }
  if (status.ok() && options.cached_decisions * 8 > options.max_bytes / 2) {
    status = absl::InvalidArgumentError(fmt::format(
        "{} cached_decisions take {} bytes, more than half of max_bytes ({}): lower the one or "
        "raise the other",
        options.cached_decisions, options.cached_decisions * 8, options.max_bytes));
  }
  return status;
}

absl::Status CheckQuery(const TraceQuery& query) {
  absl::Status status = CheckCount("limit", query.limit, 1, TraceQuery::kMaxLimit);
  status.Update(
      CheckCount("number of attributes", query.attributes.size(), 0, TraceQuery::kMaxAttributes));
  return status;
}

}  // namespace

absl::StatusOr<std::shared_ptr<TraceStore>> TraceStore::Create(TraceStoreOptions options) {
  absl::Status status = CheckTimes(options);
  status.Update(CheckSizes(options));
  if (!status.ok()) return status;
  if (options.clock == nullptr) {
    // Never destroyed, so nobody owns it.
    options.clock = std::shared_ptr<const Clock>(std::shared_ptr<void>(), &Clock::System());
  }
  return std::shared_ptr<TraceStore>(new TraceStore(options));
}

TraceStore::TraceStore(const TraceStoreOptions& options)
    : fork_generation_(base::ForkGeneration()),
      state_(std::make_unique<trace::StoreState>(options)) {}

TraceStore::~TraceStore() {
  // The parent's thread may have been changing it at the fork.
  if (IsOffAfterFork()) static_cast<void>(state_.release());
}

bool TraceStore::IsOffAfterFork() const { return fork_generation_ != base::ForkGeneration(); }

void TraceStore::OnEnd(std::span<const SpanData> spans) {
  if (!IsOffAfterFork()) state_->TakeIn(spans);
}

void TraceStore::OnDrained() {
  if (!IsOffAfterFork()) state_->Advance();
}

std::optional<StoredTrace> TraceStore::Find(const TraceId& id) const {
  return IsOffAfterFork() ? std::nullopt : state_->Find(id);
}

absl::StatusOr<std::vector<TraceSummary>> TraceStore::Search(const TraceQuery& query) const {
  if (absl::Status status = CheckQuery(query); !status.ok()) return status;
  return IsOffAfterFork() ? std::vector<TraceSummary>() : state_->Search(query);
}

absl::Status TraceStore::ForEachTrace(const TraceQuery& query,
                                      const std::function<bool(const StoredTrace&)>& visit) const {
  const absl::StatusOr<std::vector<TraceSummary>> found = Search(query);
  if (!found.ok()) return found.status();
  for (const TraceSummary& summary : *found) {
    const std::optional<StoredTrace> trace = Find(summary.trace_id);
    if (trace && !visit(*trace)) break;
  }
  return absl::OkStatus();
}

TraceStoreStats TraceStore::stats() const {
  return IsOffAfterFork() ? TraceStoreStats() : state_->stats();
}

VITALS_NAMESPACE_END
