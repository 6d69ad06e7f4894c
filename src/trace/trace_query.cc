#include "vitals/trace/trace_query.h"

#include <initializer_list>

VITALS_NAMESPACE_BEGIN
namespace {

struct MarkName {
  std::uint8_t mark;
  std::string_view name;
};

std::vector<std::string_view> NamesOf(std::uint8_t marks, std::initializer_list<MarkName> all) {
  std::vector<std::string_view> names;
  for (const MarkName& known : all) {
    if ((marks & known.mark) != 0) names.push_back(known.name);
  }
  return names;
}

}  // namespace

std::string_view TraceKeepReasonName(TraceKeepReason reason) noexcept {
  switch (reason) {
    case TraceKeepReason::kNone:
      return "none";
    case TraceKeepReason::kEverything:
      return "everything";
    case TraceKeepReason::kError:
      return "error";
    case TraceKeepReason::kSlow:
      return "slow";
    case TraceKeepReason::kRandom:
      return "random";
  }
  return "none";
}

std::vector<std::string_view> TraceMarkNames(std::uint8_t marks) {
  return NamesOf(marks, {{kTraceMarkPending, "pending"},
                         {kTraceMarkIncomplete, "incomplete"},
                         {kTraceMarkTruncated, "truncated"},
                         {kTraceMarkLate, "late"}});
}

std::vector<std::string_view> SpanMarkNames(std::uint8_t marks) {
  return NamesOf(marks, {{kSpanMarkLate, "late"},
                         {kSpanMarkOrphan, "orphan"},
                         {kSpanMarkOutOfOrder, "out_of_order"}});
}

VITALS_NAMESPACE_END
