#include "vitals/trace/span.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <new>

#include "base/utf8.h"
#include "trace/context_words.h"
#include "trace/span_record.h"
#include "trace/trace_thread.h"
#include "trace/tracer_table.h"
#include "vitals/trace/sampler.h"
#include "vitals/trace/tracer.h"

VITALS_NAMESPACE_BEGIN

using trace::ContextWords;
using trace::ItemKind;
using trace::TraceThread;

namespace {

void CountUpTo255(std::uint8_t& count) noexcept {
  if (count < std::numeric_limits<std::uint8_t>::max()) ++count;
}

// As memcpy(), without the call for the few bytes that there mostly are.
void CopyBytes(const char* from, std::size_t size, char* to) noexcept {
  if (size >= 8 && size <= 16) [[likely]] {
    std::uint64_t first;
    std::uint64_t last;
    std::memcpy(&first, from, sizeof(first));
    std::memcpy(&last, from + size - sizeof(last), sizeof(last));
    std::memcpy(to, &first, sizeof(first));
    std::memcpy(to + size - sizeof(last), &last, sizeof(last));
  } else if (size != 0) {
    // An empty text may be at null.
    std::memcpy(to, from, size);
  }
}

template <typename T>
char* Put(char* place, const T& value) noexcept {
  std::memcpy(place, &value, sizeof(value));
  return place + sizeof(value);
}

// Acquire: who sees a sampler sees what is in it.
VITALS_INLINE const Sampler* SamplerOf(const trace::TracerCore* core) noexcept {
  return core == nullptr ? nullptr : core->provider.sampler.load(std::memory_order_acquire);
}

// A child of `parent`, or the first of a trace. Not sampled yet.
VITALS_INLINE ContextWords NewContext(TraceThread& thread, const ContextWords& parent) noexcept {
  ContextWords context = parent;
  if (parent.IsValid()) {
    context.span_id = thread.ids.NextSpanId().value;
    context.rest &= ContextWords::kInherited;
  } else {
    const TraceId trace_id = thread.ids.NextTraceId();
    context.trace_high = trace_id.high;
    context.trace_low = trace_id.low;
    context.span_id = trace::IdGenerator::RootSpanId(trace_id).value;
    context.rest = std::uint64_t{kTraceFlagRandom} << ContextWords::kFlagsShift;
  }
  return context;
}

char* PutText(char* place, std::string_view text) noexcept {
  *place++ = static_cast<char>(text.size());
  CopyBytes(text.data(), text.size(), place);
  return place + text.size();
}

}  // namespace

VITALS_INLINE bool Span::PassesBy(const ContextWords& under, const Sampler& sampler) noexcept {
  if (!under.IsValid()) return sampler.rule_ == Sampler::Rule::kNever;
  return !under.IsSampled() && !sampler.all_spans_;
}

Span::Span(const Tracer& tracer, InternedName name, SpanKind kind) noexcept {
  const Sampler* const sampler = SamplerOf(tracer.core_);
  TraceThread* const thread = sampler == nullptr ? nullptr : trace::SettledTraceThread();
  if (thread == nullptr) [[unlikely]] {
    StartNowhere(sampler, CurrentSpanContext());
    return;
  }
  const ContextWords under = ContextWords::Load(CurrentSpanContext());
  if (PassesBy(under, *sampler)) {
    // Its children are as good as the parent's: there is nothing to keep.
    under.Store(context_);
    return;
  }
  name_ = name.c_str();
  kind_ = kind;
  StartNew(*tracer.core_, *sampler, under, true, 0);
}

Span::Span(const Tracer& tracer, InternedName name, const SpanOptions& options) noexcept {
  const Sampler* const sampler = SamplerOf(tracer.core_);
  TraceThread* const thread = sampler == nullptr ? nullptr : trace::SettledTraceThread();
  const SpanContext& parent = options.parent ? *options.parent : CurrentSpanContext();
  if (thread == nullptr) [[unlikely]] {
    StartNowhere(sampler, parent);
    if (options.parent && !options.detached) Attach();
    return;
  }
  const ContextWords under = ContextWords::Load(parent);
  if (PassesBy(under, *sampler)) {
    under.Store(context_);
    if (options.parent && !options.detached) {
      trace::PushContext(*thread, trace::TakeContextPlace(*thread), under, frame_);
    }
    return;
  }
  name_ = name.c_str();
  kind_ = options.kind;
  StartNew(*tracer.core_, *sampler, under, !options.detached, options.start.ticks);
}

void Span::StartNowhere(const Sampler* sampler, const SpanContext& parent) noexcept {
  const bool lost = sampler != nullptr && !PassesBy(ContextWords::Load(parent), *sampler);
  if (lost) trace::CountSpanWithoutState();
  context_ = parent;
}

// Apart from the constructors, so that a span that is not recorded pays for none of it.
[[gnu::noinline]] void Span::StartNew(const trace::TracerCore& core, const Sampler& sampler,
                                      const ContextWords& under, bool attached,
                                      std::uint64_t start_ticks) noexcept {
  TraceThread& thread = *trace::current_trace_thread;
  const bool has_parent = under.IsValid();
  parent_span_id_.value = has_parent ? under.span_id : 0;
  parent_is_remote_ = has_parent && under.IsRemote();
  ContextWords context = NewContext(thread, under);
  const bool inherits = has_parent && !sampler.all_spans_;
  if (inherits || ShouldRecord(core, sampler, context, under)) {
    context.rest |= ContextWords::kSampled;
    core_ = &core;
    start_ticks_ = start_ticks != 0 ? start_ticks : core.provider.clock.Now();
    Open(thread, context, attached);
  } else if (attached) {
    trace::PushContext(thread, trace::TakeContextPlace(thread), context, frame_);
  }
  context.Store(context_);
}

bool Span::ShouldRecord(const trace::TracerCore& core, const Sampler& sampler,
                        const ContextWords& context, const ContextWords& parent) const noexcept {
  if (sampler.rule_ == Sampler::Rule::kAlways) return true;
  if (sampler.rule_ == Sampler::Rule::kNever) return false;
  SamplingRequest request{.trace_id = {context.trace_high, context.trace_low},
                          .parent = {},
                          .name = InternedName::FromStatic(name_),
                          .kind = kind_};
  parent.Store(request.parent);
  const bool timed = sampler.rule_ == Sampler::Rule::kRateLimited;
  return sampler.ShouldSample(request, timed ? core.provider.clock.MonotonicNanoseconds() : 0);
}

trace::RecordHeader Span::Header(const ContextWords& context, std::uint64_t end_ticks,
                                 std::size_t slots) const noexcept {
  return {.trace_id = {context.trace_high, context.trace_low},
          .span_id = {context.span_id},
          .parent_span_id = parent_span_id_,
          .start_ticks = start_ticks_,
          .end_ticks = end_ticks,
          .name = name_,
          .meta = trace::RecordMeta{.tracer = core_->id,
                                    .slots = static_cast<std::uint8_t>(slots),
                                    .kind = kind_,
                                    .status = status_,
                                    .parent_is_remote = parent_is_remote_,
                                    .flags = context.flags(),
                                    .trace_state = context.trace_state()}
                      .Pack()};
}

void Span::Open(TraceThread& thread, const ContextWords& context, bool attached) noexcept {
  status_ = SpanStatus::kUnset;
  content_bytes_ = 0;
  dropped_attributes_ = 0;
  dropped_events_ = 0;
  dropped_links_ = 0;
  truncated_values_ = 0;
  // Half of the places are for contexts: thousands of detached spans may be open on a thread.
  constexpr int kPlacesForContexts = TraceThread::kPlaces / 2;
  const bool listed = attached || std::popcount(thread.free_places) > kPlacesForContexts;
  const std::uint8_t place = listed ? trace::TakePlace(thread) : TraceThread::kNoPlace;
  if (attached) {
    const bool deep = trace::IsDeep(thread);
    trace::PushContext(thread, deep ? TraceThread::kNoPlace : place, context, frame_);
  }
  if (place == TraceThread::kNoPlace) [[unlikely]] {
    trace::CountOn(thread.unlisted_open_spans);
    return;
  }
  row_thread_ = &thread;
  row_place_ = place;
  thread.open_spans[place].Show(Header(context, 0, 1));
}

void Span::Detach() noexcept {
  if (frame_.thread == nullptr) return;
  TraceThread& thread = *frame_.thread;
  const bool elsewhere = &thread != trace::current_trace_thread;
  trace::PopContext(frame_, context_.span_id);
  if (frame_.place == TraceThread::kNoPlace) return;
  const bool shared = row_thread_ == &thread && row_place_ == frame_.place;
  if (shared && !elsewhere) return;
  // On another thread the place is all there is to tell the owner by, so the row goes with it.
  if (shared) HideRow();
  trace::ReturnPlace(thread, frame_.place);
}

void Span::HideRow() noexcept {
  row_thread_->open_spans[row_place_].Hide();
  row_thread_ = nullptr;
}

void Span::Attach() noexcept {
  Detach();
  TraceThread* const thread = trace::SettledTraceThread();
  if (thread == nullptr) return;
  const bool shared = row_thread_ == thread && !trace::IsDeep(*thread);
  const std::uint8_t place = shared ? row_place_ : trace::TakeContextPlace(*thread);
  trace::PushContext(*thread, place, ContextWords::Load(context_), frame_);
}

void Span::Close() noexcept {
  TraceThread* const row_thread = row_thread_;
  if (row_thread != nullptr) HideRow();
  if (frame_.thread != nullptr) {
    TraceThread& thread = *frame_.thread;
    trace::PopContext(frame_, context_.span_id);
    const bool shared = row_thread == &thread && row_place_ == frame_.place;
    if (frame_.place != TraceThread::kNoPlace && !shared) trace::ReturnPlace(thread, frame_.place);
  }
  if (row_thread != nullptr) trace::ReturnPlace(*row_thread, row_place_);
}

void Span::End() noexcept {
  if (core_ == nullptr) {
    Close();
    return;
  }
  const std::uint64_t end_ticks = core_->provider.clock.Now();
  Close();
  Record(end_ticks);
  core_ = nullptr;
}

void Span::Record(std::uint64_t end_ticks) noexcept {
  TraceThread* const thread = trace::AttachTraceThread();
  if (thread == nullptr) [[unlikely]] {
    trace::CountSpanWithoutState();
    return;
  }
  const std::size_t content_bytes = content_bytes_;
  const std::size_t slots = trace::SlotsFor(content_bytes);
  auto* const place = static_cast<char*>(thread->ring.Reserve(slots));
  if (place == nullptr) [[unlikely]] {
    trace::CountOn(thread->dropped_ring_full);
    return;
  }
  new (place) trace::RecordHeader(Header(ContextWords::Load(context_), end_ticks, slots));
  if (content_bytes != 0) {
    const trace::ContentHeader header{.bytes = content_bytes_,
                                      .dropped_attributes = dropped_attributes_,
                                      .dropped_events = dropped_events_,
                                      .dropped_links = dropped_links_,
                                      .truncated_values = truncated_values_,
                                      .unused = 0};
    std::memcpy(Put(place + trace::kSlotBytes, header), content_, content_bytes);
  }
  thread->ring.Publish(slots);
}

void Span::CountDropped(std::uint8_t& count) noexcept {
  CountUpTo255(count);
  // A record without items would not tell.
  if (content_bytes_ == 0) Put(Reserve(1), ItemKind::kNothing);
}

char* Span::Reserve(std::size_t bytes) noexcept {
  if (content_bytes_ + bytes > kMaxSpanContentBytes) [[unlikely]] {
    return nullptr;
  }
  char* const place = content_ + content_bytes_;
  content_bytes_ = static_cast<std::uint16_t>(content_bytes_ + bytes);
  return place;
}

std::string_view Span::Cut(std::string_view text) noexcept {
  if (text.size() <= kMaxSpanStringBytes) [[likely]] {
    return text;
  }
  CountUpTo255(truncated_values_);
  return base::CutUtf8(text, kMaxSpanStringBytes);
}

char* Span::ReserveAttribute(ItemKind kind, InternedName key, std::size_t bytes) noexcept {
  const char* const key_text = key.c_str();
  char* const place = *key_text == '\0' ? nullptr : Reserve(1 + sizeof(key_text) + bytes);
  if (place == nullptr) [[unlikely]] {
    CountDropped(dropped_attributes_);
    return nullptr;
  }
  return Put(Put(place, kind), key_text);
}

bool Span::Add(InternedName key, std::int64_t value) noexcept {
  char* const place = ReserveAttribute(ItemKind::kInteger, key, sizeof(value));
  if (place != nullptr) Put(place, value);
  return place != nullptr;
}

bool Span::Add(InternedName key, double value) noexcept {
  char* const place = ReserveAttribute(ItemKind::kDouble, key, sizeof(value));
  if (place != nullptr) Put(place, value);
  return place != nullptr;
}

bool Span::Add(InternedName key, bool value) noexcept {
  char* const place = ReserveAttribute(ItemKind::kBool, key, 1);
  if (place != nullptr) *place = static_cast<char>(value);
  return place != nullptr;
}

bool Span::Add(InternedName key, std::string_view value) noexcept {
  const std::string_view text = Cut(value);
  char* const place = ReserveAttribute(ItemKind::kString, key, 1 + text.size());
  if (place != nullptr) PutText(place, text);
  return place != nullptr;
}

std::uint8_t Span::AddAttributes(std::initializer_list<Attribute> attributes) noexcept {
  std::uint8_t kept = 0;
  for (const Attribute& attribute : attributes) {
    const bool added = std::visit([&](const auto& value) { return Add(attribute.key(), value); },
                                  attribute.value());
    if (added) ++kept;
  }
  return kept;
}

void Span::AddEvent(InternedName name, std::initializer_list<Attribute> attributes) noexcept {
  if (!IsRecording()) return;
  char* const place = Reserve(2 + sizeof(const char*) + sizeof(std::uint64_t));
  if (place == nullptr) {
    CountDropped(dropped_events_);
    return;
  }
  char* const count = Put(place, ItemKind::kEvent);
  Put(Put(count + 1, name.c_str()), core_->provider.clock.Now());
  *count = static_cast<char>(AddAttributes(attributes));
}

void Span::AddLink(const SpanContext& other, std::initializer_list<Attribute> attributes) noexcept {
  if (!IsRecording()) return;
  char* const place = other.IsValid() ? Reserve(trace::kLinkBytes) : nullptr;
  if (place == nullptr) {
    CountDropped(dropped_links_);
    return;
  }
  char* const count = Put(place, ItemKind::kLink);
  char* const flags = Put(Put(count + 1, other.trace_id), other.span_id);
  Put(Put(flags, other.flags), other.trace_state);
  *count = static_cast<char>(AddAttributes(attributes));
}

void Span::SetStatus(SpanStatus status, std::string_view message) noexcept {
  if (!IsRecording() || status_ == SpanStatus::kOk || status == SpanStatus::kUnset) return;
  status_ = status;
  if (status != SpanStatus::kError) return;
  const std::string_view text = Cut(message);
  char* const place = Reserve(2 + text.size());
  if (place == nullptr) {
    CountUpTo255(truncated_values_);
    return;
  }
  PutText(Put(place, ItemKind::kStatus), text);
}

void Span::UpdateName(InternedName name) noexcept {
  if (!IsRecording()) return;
  name_ = name.c_str();
  if (row_thread_ == nullptr) return;
  row_thread_->open_spans[row_place_].Rename(name_);
}

VITALS_NAMESPACE_END
