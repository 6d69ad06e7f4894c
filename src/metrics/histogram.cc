#include "vitals/metrics/histogram.h"

#include <algorithm>
#include <cmath>

#include "metrics/bin_index.h"
#include "vitals/metrics/histogram_batch.h"

VITALS_NAMESPACE_BEGIN

using metrics::CountDrop;
using metrics::DropReason;

void Histogram::ObserveSlow(double value) const noexcept { ObserveRepeated(value, 1); }

void Histogram::ObserveRepeated(double value, std::uint64_t count) const noexcept {
  if (count == 0) return;  // no value, also where it is infinite
  base::Word* cells = nullptr;
  if (metrics::FindCells(slot_, cells) && value >= 0.0) [[likely]] {
    metrics::AddToCell(cells[kFirstBinCell + bins_->Find(value)], count);
    metrics::AddToCell(cells[kPositiveSumCell], value * static_cast<double>(count));
    return;
  }
  if (bins_ == nullptr) {
    CountDrop(DropReason::kRemovedSeries);
    return;
  }
  if (std::isnan(value)) {
    CountDrop(DropReason::kNotANumber);
    return;
  }
  const std::uint32_t bin = metrics::FindBin(*bins_, value);
  if (metrics::AddSlow(slot_, kFirstBinCell + bin, count)) {
    metrics::AddSlow(slot_, value < 0.0 ? kNegativeSumCell : kPositiveSumCell,
                     value * static_cast<double>(count));
  }
}

void Histogram::ObserveMany(std::span<const double> values) const noexcept {
  base::Word* cells = nullptr;
  for (const double value : values) {
    // The first value that a thread records makes its cells ready.
    if ((cells != nullptr || metrics::FindCells(slot_, cells)) && value >= 0.0) [[likely]] {
      metrics::AddToCell(cells[kFirstBinCell + bins_->Find(value)], std::uint64_t{1});
      metrics::AddToCell(cells[kPositiveSumCell], value);
    } else {
      ObserveSlow(value);
    }
  }
}

void Histogram::ObserveWithExemplar(double value, const ExemplarLabels& labels) const noexcept {
  Observe(value);
  if (bins_ == nullptr || std::isnan(value)) return;
  metrics::KeepExemplar(slot_, metrics::FindBin(*bins_, value), value, labels);
}

void Histogram::AddBins(std::span<const std::uint64_t> bins, double positive_sum,
                        double negative_sum) const noexcept {
  const std::size_t count =
      bins_ == nullptr ? 0 : std::min<std::size_t>(bins.size(), bins_->bin_count);
  for (std::uint32_t bin = 0; bin < count; ++bin) {
    if (bins[bin] != 0) metrics::AddSlow(slot_, kFirstBinCell + bin, bins[bin]);
  }
  if (positive_sum != 0) metrics::AddSlow(slot_, kPositiveSumCell, positive_sum);
  if (negative_sum != 0) metrics::AddSlow(slot_, kNegativeSumCell, negative_sum);
}

HistogramBatch::HistogramBatch(const Histogram& histogram)
    : histogram_(histogram), bins_(histogram.bins() == nullptr ? 0 : histogram.bins()->bin_count) {}

void HistogramBatch::ObserveSlow(double value) noexcept {
  if (bins_.empty() || std::isnan(value)) {
    histogram_.Observe(value);  // which counts the drop
    return;
  }
  ++bins_[metrics::FindBin(*histogram_.bins(), value)];
  (value < 0.0 ? negative_sum_ : positive_sum_) += value;
}

void HistogramBatch::Flush() noexcept {
  histogram_.AddBins(bins_, positive_sum_, negative_sum_);
  Discard();
}

void HistogramBatch::Discard() noexcept {
  std::fill(bins_.begin(), bins_.end(), 0);
  positive_sum_ = 0;
  negative_sum_ = 0;
}

VITALS_NAMESPACE_END
