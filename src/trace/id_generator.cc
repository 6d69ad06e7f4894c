#include "trace/id_generator.h"

#include "base/bytes.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

void IdGenerator::Seed() noexcept {
  key_ = base::RandomSeed();
  stream_ = base::RandomSeed();
  counter_ = 0;
}

}  // namespace trace
VITALS_NAMESPACE_END
