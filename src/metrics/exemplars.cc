#include "metrics/exemplars.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

#include "base/quiescence.h"
#include "base/utf8.h"
#include "vitals/metrics/exemplar.h"
#include "vitals/metrics/histogram.h"
#include "vitals/model/names.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

// Writes label text into an exemplar. Nothing is allocated.
class LabelWriter {
 public:
  explicit LabelWriter(Exemplar& exemplar) noexcept : exemplar_(exemplar) {}

  // Whether all of it fitted.
  bool Write(std::span<const ExemplarLabels::Pair> labels) noexcept {
    std::size_t characters = 0;
    for (const ExemplarLabels::Pair& pair : labels) {
      const auto& [name, value] = pair;
      characters += base::CountCharacters(name) + base::CountCharacters(value);
      const bool is_repeated = std::any_of(
          labels.data(), &pair,
          [&](const ExemplarLabels::Pair& earlier) { return earlier.first == pair.first; });
      if (!IsValidLabelName(name) || is_repeated || !base::IsValidUtf8(value) ||
          characters > Exemplar::kMaxCharacters) {
        return false;
      }
      if (size_ > 0) Put(',');
      for (const char c : name) Put(c);
      Put('=');
      Put('"');
      for (const char c : value) PutEscaped(c);
      Put('"');
    }
    exemplar_.label_size = static_cast<std::uint16_t>(size_);
    return size_ <= Exemplar::kMaxLabelBytes;
  }

 private:
  void Put(char c) noexcept {
    if (size_ < Exemplar::kMaxLabelBytes) exemplar_.label_bytes[size_] = c;
    ++size_;
  }

  void PutEscaped(char c) noexcept {
    if (c == '\\' || c == '"' || c == '\n') Put('\\');
    Put(c == '\n' ? 'n' : c);
  }

  Exemplar& exemplar_;
  std::size_t size_ = 0;
};

// What the bins of a slot's shape are, as far as exemplars go.
std::uint32_t BinCount(const CellShape& shape) noexcept {
  return shape.cells == 1 ? 1 : shape.cells - Histogram::kFirstBinCell;
}

bool Keep(const Slot& slot, const Exemplar& exemplar) noexcept {
  ChunkInfo* const info = FindChunkInfo(slot.chunk());
  if (info == nullptr || exemplar.bin >= BinCount(info->shape())) return false;
  // Made outside of the section, in which nothing is to be allocated.
  std::unique_ptr<SeriesExemplars> made;
  for (;;) {
    {
      const base::ReadSection section;
      if (!info->IsLive(slot)) return false;
      if (SeriesExemplars* const exemplars = info->OfferExemplars(slot.block(), made)) {
        return exemplars->bins[exemplar.bin].Write(exemplar);
      }
    }
    try {
      info->PrepareExemplars();
      made = std::make_unique<SeriesExemplars>(BinCount(info->shape()));
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
}

}  // namespace

bool ExemplarCell::Write(const Exemplar& exemplar) noexcept {
  std::uint32_t sequence = sequence_.load(std::memory_order_relaxed);
  // Acquire: what follows is not moved above the odd number.
  if (sequence % 2 != 0 ||
      !sequence_.compare_exchange_strong(sequence, sequence + 1, std::memory_order_acquire)) {
    return false;
  }
  // A reader that sees any of the stores below sees the odd number.
  std::atomic_thread_fence(std::memory_order_release);
  // Relaxed: the sequence tells readers whether these belong together.
  value_bits_.store(std::bit_cast<std::uint64_t>(exemplar.value), std::memory_order_relaxed);
  timestamp_bits_.store(std::bit_cast<std::uint64_t>(exemplar.timestamp_seconds),
                        std::memory_order_relaxed);
  label_size_.store(exemplar.label_size, std::memory_order_relaxed);
  for (std::size_t i = 0; i * sizeof(std::uint64_t) < exemplar.label_size; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, exemplar.label_bytes.data() + i * sizeof(word), sizeof(word));
    text_[i].store(word, std::memory_order_relaxed);
  }
  sequence_.store(sequence + 2, std::memory_order_release);
  return true;
}

bool ExemplarCell::Read(Exemplar& exemplar) const noexcept {
  const std::uint32_t before = sequence_.load(std::memory_order_acquire);
  if (before == 0 || before % 2 != 0) return false;
  // Relaxed: the fence and the second look tell whether these belong together.
  exemplar.value = std::bit_cast<double>(value_bits_.load(std::memory_order_relaxed));
  exemplar.timestamp_seconds =
      std::bit_cast<double>(timestamp_bits_.load(std::memory_order_relaxed));
  exemplar.label_size = static_cast<std::uint16_t>(label_size_.load(std::memory_order_relaxed));
  for (std::size_t i = 0; i * sizeof(std::uint64_t) < exemplar.label_size; ++i) {
    const std::uint64_t word = text_[i].load(std::memory_order_relaxed);
    std::memcpy(exemplar.label_bytes.data() + i * sizeof(word), &word, sizeof(word));
  }
  std::atomic_thread_fence(std::memory_order_acquire);
  return sequence_.load(std::memory_order_relaxed) == before;
}

void KeepExemplar(const Slot& slot, std::uint32_t bin, double value,
                  const ExemplarLabels& labels) noexcept {
  Exemplar exemplar;
  exemplar.bin = bin;
  exemplar.value = value;
  exemplar.timestamp_seconds =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (!LabelWriter(exemplar).Write(labels.pairs()) || !Keep(slot, exemplar)) {
    CountDrop(DropReason::kExemplar);
  }
}

void ReadExemplars(const FamilySeries& list, MetricFamily& family) {
  if (!AnyExemplars()) return;
  Exemplar exemplar;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Slot slot = list[i].ref.slot();
    const SeriesExemplars* const exemplars = FindChunkInfo(slot.chunk())->exemplars(slot.block());
    if (exemplars == nullptr) continue;
    exemplar.series = static_cast<std::uint32_t>(i);
    for (exemplar.bin = 0; exemplar.bin < exemplars->bin_count; ++exemplar.bin) {
      if (exemplars->bins[exemplar.bin].Read(exemplar)) family.AddExemplar(exemplar);
    }
  }
}

}  // namespace metrics
VITALS_NAMESPACE_END
