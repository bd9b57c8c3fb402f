// The pass of kernels/queries/query_values.h on a GPU: judgements stay there, a candidate's scores go up, its values
// come back.
#pragma once
#include "core/buffer.h"
#include "evaluate/rank/judgements.h"
#include "kernels/device_memory.h"

namespace bakeoff {

class DeviceQueries {
 public:
  // `pass` with its ideals and `discounts` values on the host. kernels::DeviceError where the GPU has no room.
  DeviceQueries(const Judgements& judged, const kernels::QueryPass& pass, Index discounts);

  // Like kernels::query_values of one candidate (1 x N), all of it in host memory.
  template <class T>
  void run(const kernels::QueryScores<T>& scores, double* values);

 private:
  kernels::Stream stream_;
  kernels::JudgedQueries queries_;  // pointers are the device's
  kernels::QueryPass pass_;
  kernels::DeviceArray<Index> offsets_, graded_offsets_, relevant_, row_;
  kernels::DeviceArray<double> relevance_, ideal_, discounts_, values_;
  kernels::DeviceArray<std::uint32_t> graded_;
  kernels::DeviceArray<char> scores_, scratch_;
};

}  // namespace bakeoff
