#ifndef VITALS_TRACE_SPAN_H_
#define VITALS_TRACE_SPAN_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <variant>

#include "vitals/base/config.h"
#include "vitals/base/interned_name.h"
#include "vitals/model/span_context.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/context_scope.h"

/// \file
/// A piece of work that is being traced. Recording never allocates, locks or blocks, but for the
/// first span of a thread, which asks for the thread's ring: what a span gathers lives inside it,
/// and goes to a ring of its thread when it ends. docs/design/trace.md draws that.

VITALS_NAMESPACE_BEGIN

class Sampler;
class Tracer;

namespace trace {
enum class ItemKind : std::uint8_t;
struct ContextWords;
struct RecordHeader;
struct TracerCore;
}  // namespace trace

/// Longest string of an attribute or of a status message that a span keeps, in bytes. A longer one
/// is cut between two characters, and counted in SpanData::truncated_values.
inline constexpr std::size_t kMaxSpanStringBytes = 128;

/// Room in a span for attributes, events, links and its status message together. A number takes 17
/// bytes, a bool 10, a string 10 and its length, an event 18 and its attributes, a link 31 and its
/// attributes. What finds no room is dropped, and counted in SpanData::dropped_....
inline constexpr std::size_t kMaxSpanContentBytes = 440;

/// An attribute for the length of a call: a key, and an integer, a double, a bool or a text.
class Attribute {
 public:
  using Value = std::variant<std::int64_t, double, bool, std::string_view>;

  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) constexpr Attribute(InternedName key,
                                                             Integer value) noexcept
      : key_(key), value_(static_cast<std::int64_t>(value)) {}
  template <std::floating_point Float>
  constexpr Attribute(InternedName key, Float value) noexcept
      : key_(key), value_(static_cast<double>(value)) {}
  constexpr Attribute(InternedName key, std::same_as<bool> auto value) noexcept
      : key_(key), value_(value) {}
  constexpr Attribute(InternedName key, std::string_view value) noexcept
      : key_(key), value_(value) {}
  constexpr Attribute(InternedName key, const char* value) noexcept  ///< null is empty
      : Attribute(key, value == nullptr ? std::string_view() : std::string_view(value)) {}

  constexpr InternedName key() const noexcept { return key_; }
  constexpr const Value& value() const noexcept { return value_; }

 private:
  InternedName key_;
  Value value_;
};

/// A moment, as Tracer::Now() tells it: for a span that began before anyone could open it, such as
/// the wait of a message in a queue. Trivially copyable. Compare it with moments of tracers of the
/// same provider only.
struct TraceTime {
  std::uint64_t ticks = 0;  ///< 0: no moment
};

/// How a span starts, where the defaults do not do.
struct SpanOptions {
  SpanKind kind = SpanKind::kInternal;
  /// Nothing: the thread's current context. An invalid context: none, the span begins a trace.
  std::optional<SpanContext> parent = std::nullopt;
  /// The span does not become the thread's current one: for work that is carried on elsewhere.
  bool detached = false;
  /// When it began, if not now.
  TraceTime start = {};
};

/// One piece of work, from its construction to End() or its destruction. Lives where it is made, on
/// the stack, in a coroutine's frame or in a message: about 600 bytes, of which only those are
/// touched that are used. Used by one thread at a time.
///
///     vitals::Span span = tracer.StartSpan("compress", vitals::SpanKind::kConsumer);
///     span.SetAttribute("job.id", job.id);
///     if (!ok) span.SetStatus(vitals::SpanStatus::kError, "out of space");
///
/// While it is *attached*, as it starts, it is its thread's current context and the parent of what
/// starts there. Before its work goes on on another thread, in a coroutine or a callback, Detach()
/// it, and Attach() it there, or make its context() current there by a ContextScope. A span that
/// was forgotten so, and ends on another thread, is taken out of the first thread's context when
/// that next starts a span; in between CurrentSpanContext() still shows it there.
///
/// Spans of a thread may end in any order: an outer one that ends first is no longer the parent of
/// anything that starts afterwards.
///
/// Costs about 25 ns from start to end, of which 20 are the two looks at the clock; 2 ns when it is
/// not recorded. All of it is noexcept, and what is not recorded is safe to use and does nothing.
class VITALS_EXPORT Span {
 public:
  /// Starts it, as Tracer::StartSpan(): for members, std::optional<Span>::emplace() and messages.
  /// What forwards its arguments takes a literal as InternedName("name").
  [[nodiscard]] Span(const Tracer& tracer, InternedName name,
                     SpanKind kind = SpanKind::kInternal) noexcept;
  [[nodiscard]] Span(const Tracer& tracer, InternedName name, const SpanOptions& options) noexcept;

  ~Span() {
    if (core_ != nullptr || frame_.thread != nullptr) End();
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  /// What messages carry, so that spans elsewhere have this one as parent. Of a span that is not
  /// recorded because its parent was not: the parent's. Invalid where Sampler::Never() decided.
  const SpanContext& context() const noexcept { return context_; }

  /// Whether anything that it is given is kept: it is sampled and has not ended.
  bool IsRecording() const noexcept { return core_ != nullptr; }

  /// Keeps an attribute. A key that it has already is given the new value; the old one keeps its
  /// room. 3 ns.
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) void SetAttribute(InternedName key,
                                                           Integer value) noexcept {
    if (IsRecording()) Add(key, static_cast<std::int64_t>(value));
  }
  template <std::floating_point Float>
  void SetAttribute(InternedName key, Float value) noexcept {
    if (IsRecording()) Add(key, static_cast<double>(value));
  }
  void SetAttribute(InternedName key, std::same_as<bool> auto value) noexcept {
    if (IsRecording()) Add(key, value);
  }
  void SetAttribute(InternedName key, std::string_view value) noexcept {
    if (IsRecording()) Add(key, value);
  }
  void SetAttribute(InternedName key, const char* value) noexcept {  ///< null is empty
    SetAttribute(key, value == nullptr ? std::string_view() : std::string_view(value));
  }

  /// Keeps what happened now.
  void AddEvent(InternedName name, std::initializer_list<Attribute> attributes = {}) noexcept;

  /// Keeps that another span has to do with this one. An invalid context is dropped and counted.
  void AddLink(const SpanContext& other, std::initializer_list<Attribute> attributes = {}) noexcept;

  /// Says how it went. The last call counts, but kOk is final and kUnset changes nothing. The
  /// message is kept for kError alone.
  void SetStatus(SpanStatus status, std::string_view message = {}) noexcept;

  /// Names it anew, e.g. once the route of a request is known.
  void UpdateName(InternedName name) noexcept;

  /// Takes it out of its thread's current context: what starts on the thread has the parent that it
  /// would have without this span. Call it on the thread that it is attached to. Does nothing when
  /// it is detached.
  void Detach() noexcept;

  /// Makes it the calling thread's current context. Detaches it first, where it is attached.
  void Attach() noexcept;

  /// Ends it now; later calls do nothing, nor does the destructor.
  void End() noexcept;

 private:
  static bool PassesBy(const trace::ContextWords& under, const Sampler& sampler) noexcept;
  void StartNowhere(const Sampler* sampler, const SpanContext& parent) noexcept;
  void StartNew(const trace::TracerCore& core, const Sampler& sampler,
                const trace::ContextWords& under, bool attached,
                std::uint64_t start_ticks) noexcept;
  bool ShouldRecord(const trace::TracerCore& core, const Sampler& sampler,
                    const trace::ContextWords& context,
                    const trace::ContextWords& parent) const noexcept;
  trace::RecordHeader Header(const trace::ContextWords& context, std::uint64_t end_ticks,
                             std::size_t slots) const noexcept;
  void Open(trace::TraceThread& thread, const trace::ContextWords& context, bool attached) noexcept;
  void HideRow() noexcept;
  void Close() noexcept;
  void Record(std::uint64_t end_ticks) noexcept;
  void CountDropped(std::uint8_t& count) noexcept;
  char* Reserve(std::size_t bytes) noexcept;
  bool Add(InternedName key, std::int64_t value) noexcept;
  bool Add(InternedName key, double value) noexcept;
  bool Add(InternedName key, bool value) noexcept;
  bool Add(InternedName key, std::string_view value) noexcept;
  std::uint8_t AddAttributes(std::initializer_list<Attribute> attributes) noexcept;
  char* ReserveAttribute(trace::ItemKind kind, InternedName key, std::size_t bytes) noexcept;
  std::string_view Cut(std::string_view text) noexcept;

  const trace::TracerCore* core_ = nullptr;   // null: not recording
  trace::ContextFrame frame_;                 // where it is current
  trace::TraceThread* row_thread_ = nullptr;  // whose table shows it as open; null: none
  std::uint8_t row_place_;
  SpanKind kind_;
  SpanStatus status_;
  bool parent_is_remote_;
  // Every constructor writes it, once: it is in a union so that nothing else does.
  union {
    SpanContext context_;  // NOLINT(readability-identifier-naming): private all the same
  };
  SpanId parent_span_id_;
  std::uint64_t start_ticks_;
  const char* name_;
  // The content of the record, in the form that trace/span_record.h tells.
  std::uint16_t content_bytes_;
  std::uint8_t dropped_attributes_;
  std::uint8_t dropped_events_;
  std::uint8_t dropped_links_;
  std::uint8_t truncated_values_;
  char content_[kMaxSpanContentBytes];
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_SPAN_H_
