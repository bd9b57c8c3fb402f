#include "kernels/linear/gram.cuh"

#include <cublas_v2.h>
#include <dlfcn.h>

namespace bakeoff::kernels {
namespace {

[[noreturn]] void refuse_blas(DeviceFault fault, const std::string& what) {
  throw DeviceError(fault, "training on the GPU by cuBLAS: " + what);
}

void check_blas(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  refuse_blas(status == CUBLAS_STATUS_ALLOC_FAILED ? DeviceFault::kOutOfMemory : DeviceFault::kKernel,
              std::string(what) + " failed with status " + std::to_string(static_cast<int>(status)));
}

// The functions that are called, from the library of the version that this was compiled against.
struct Cublas {
  decltype(&cublasCreate_v2) create;
  decltype(&cublasDestroy_v2) destroy;
  decltype(&cublasSetStream_v2) set_stream;
  decltype(&cublasDsyrk_v2) dsyrk;

  Cublas() {
    const std::string name = "libcublas.so." + std::to_string(CUBLAS_VER_MAJOR);
    void* const library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
      refuse_blas(DeviceFault::kNoDevice, name +
                                              " was not found; install it, put its folder into LD_LIBRARY_PATH, or "
                                              "run on the CPU (device: cpu)");
    find(library, "cublasCreate_v2", create);
    find(library, "cublasDestroy_v2", destroy);
    find(library, "cublasSetStream_v2", set_stream);
    find(library, "cublasDsyrk_v2", dsyrk);
  }

 private:
  template <class F>
  static void find(void* library, const char* name, F& function) {
    function = reinterpret_cast<F>(dlsym(library, name));
    if (!function) refuse_blas(DeviceFault::kNoDevice, std::string("it has no ") + name);
  }
};

const Cublas& cublas() {
  static const Cublas functions;
  return functions;
}

class BlasHandle {
 public:
  explicit BlasHandle(Stream stream) {
    check_blas(cublas().create(&handle_), "opening it");
    check_blas(cublas().set_stream(handle_, stream.get()), "taking the stream");
  }
  ~BlasHandle() { cublas().destroy(handle_); }
  BlasHandle(const BlasHandle&) = delete;

  // Row-major z is column-major of order x rows, and its product with itself the same in both.
  void add(const double* z, Index rows, int order, double* out) const {
    const double one = 1;
    check_blas(cublas().dsyrk(handle_, CUBLAS_FILL_MODE_UPPER, CUBLAS_OP_N, order, static_cast<int>(rows), &one, z,
                              order, &one, out, order),
               "adding the products of rows");
  }

 private:
  cublasHandle_t handle_ = nullptr;
};

}  // namespace

void gram(Stream stream, const RowsView& rows, const Index* order, const GramSegment* segments, int count,
          double label_shift, double* out, void* scratch) {
  const BlasHandle blas(stream);
  detail::gram_by(stream, {rows, order, label_shift}, segments, count, out, static_cast<double*>(scratch),
                  [&](const double* z, Index n, int size, double* to) { blas.add(z, n, size, to); });
}

}  // namespace bakeoff::kernels
