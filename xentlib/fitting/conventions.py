"""Which of scikit-learn's checks have no fit."""

# scikit-learn's checks that fit separated labels, which have no fit without a penalty:
# check_estimator(SoftmaxRegression(), expected_failed_checks=SEPARATED_CHECKS)
SEPARATED_CHECKS = dict.fromkeys(
    (
        "check_classifiers_classes",
        "check_dict_unchanged",
        "check_dont_overwrite_parameters",
        "check_estimators_fit_returns_self",
        "check_estimators_overwrite_params",
        "check_estimators_pickle",
        "check_f_contiguous_array_estimator",
        "check_fit2d_1feature",
        "check_fit2d_predict1d",
        "check_methods_sample_order_invariance",
        "check_methods_subset_invariance",
        "check_non_transformer_estimators_n_iter",
        "check_pipeline_consistency",
        "check_positive_only_tag_during_fit",
        "check_readonly_memmap_input",
        "check_sample_weight_equivalence_on_dense_data",
        "check_sample_weights_not_overwritten",
        "check_sample_weights_shape",
    ),
    "its labels are separated: NoFit without a penalty",
)
