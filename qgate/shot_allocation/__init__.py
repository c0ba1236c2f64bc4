"""Estimation of values and derivatives within a budget of shots, dollars or submissions.

The data flow, by modules::

    estimates, autodiff       a QNode or a sweep, and a budget
      estimation              gradient method to shifted points; difference_steps
      estimation_request      the outputs as a linear_estimand of a circuit's measurement_plan
        measurement_plan      pauli_expansion, light_cone (pruning), parity, grouping into bases
      estimation_result       spend: the budget's shots and rounds (budget_limits)
        design                which circuits run, with how many shots (allocation)
        rounds                run circuits: samples; variances decide the next round
        estimator             samples to outputs with their covariance
    estimates                 Estimate, GradientEstimate
"""
