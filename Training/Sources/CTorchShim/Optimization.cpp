// What happens to gradients and weights between two steps.
#include "Shim.hpp"

#include <ATen/Functions.h>

#include <vector>

using shim::guarded;

namespace {
std::vector<at::Tensor> gradients(const ts_ref *tensors, int64_t count) {
    std::vector<at::Tensor> found;
    for (int64_t index = 0; index < count; ++index) {
        const auto &gradient = tensors[index]->value.grad();
        if (gradient.defined()) found.push_back(gradient);
    }
    return found;
}
}  // namespace

ts_status ts_gradient_norm(const ts_ref *tensors, int64_t count, double *norm) {
    return guarded([&] {
        at::NoGradGuard unrecorded;
        const auto all = gradients(tensors, count);
        *norm = all.empty() ? 0 : at::stack(at::_foreach_norm(all)).norm().item<double>();
    });
}

ts_status ts_scale_gradients(const ts_ref *tensors, int64_t count, double factor) {
    return guarded([&] {
        at::NoGradGuard unrecorded;
        auto all = gradients(tensors, count);
        if (!all.empty()) at::_foreach_mul_(all, factor);
    });
}

ts_status ts_adamw(
    const ts_ref *tensors, const ts_ref *first_moments, const ts_ref *second_moments, int64_t count, int64_t step,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay) {
    return guarded([&] {
        at::NoGradGuard unrecorded;
        std::vector<at::Tensor> weights, slopes, first, second, steps;
        for (int64_t index = 0; index < count; ++index) {
            const auto &tensor = tensors[index]->value;
            if (!tensor.grad().defined()) continue;
            weights.push_back(tensor);
            slopes.push_back(tensor.grad());
            first.push_back(first_moments[index]->value);
            second.push_back(second_moments[index]->value);
            steps.push_back(at::full({}, static_cast<double>(step), tensor.options().requires_grad(false)));
        }
        if (weights.empty()) return;
        at::_fused_adamw_(
            weights, slopes, first, second, {}, steps, learning_rate, beta1, beta2, weight_decay, epsilon,
            /*amsgrad=*/false, /*maximize=*/false);
    });
}
