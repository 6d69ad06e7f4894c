#include "exposition/page_writer.h"

#include <algorithm>

VITALS_NAMESPACE_BEGIN
namespace exposition {

void PageWriter::WriteFraction(double value) noexcept {
  if (std::isnan(value)) {
    Write(std::string_view("NaN"));
  } else if (std::isinf(value)) {
    Write(std::string_view(value > 0 ? "+Inf" : "-Inf"));
  } else {
    char* const start = page_.data() + size_;
    size_ = static_cast<std::size_t>(std::to_chars(start, start + kMaxNumberBytes, value).ptr -
                                     page_.data());
  }
}

void PageWriter::Grow(std::size_t bytes) {
  constexpr std::size_t kSmallestPage = 4096;
  page_.resize(std::max({kSmallestPage, page_.size() * 2, size_ + bytes}));
}

}  // namespace exposition
VITALS_NAMESPACE_END
