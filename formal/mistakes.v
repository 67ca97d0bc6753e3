From mathcomp Require Import all_ssreflect ssralg ssrint ssrnum interval ring.
From mathcomp.classical Require Import boolp classical_sets functions mathcomp_extra.
From mathcomp.analysis Require Import reals constructive_ereal ereal signed topology normedtype landau sequences derive realfun exp.
From xent Require Import base says closed identities bounds gradients.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Def Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

(** mistakes that the claims name, each with the proof that it is false *)
Section Tied.
Variable R : realType.

(** counter-examples: one class or two, and e^-1 *)
Lemma over_unit (f : unit -> R) : \sum_(k : unit) f k = f tt.
Proof. by rewrite (big_pred1 tt)// => -[]. Qed.
Lemma over_bool (f : bool -> R) : \sum_(k : bool) f k = f true + f false.
Proof. by rewrite (bigD1 true)//= (big_pred1 false)// => -[]. Qed.

Let e := expR (- 1 : R).
Lemma e_gt0 : 0 < e. Proof. exact: expR_gt0. Qed.
Lemma e_lt1 : e < 1. Proof. by rewrite expR_lt1 oppr_lt0. Qed.
Lemma ln_e : ln e = - 1. Proof. exact: expK. Qed.
Let one : unit -> R := fun=> 1.
Let sure : bool -> R := fun k => if k then 1 else 0.
Let fair : bool -> R := fun=> 2%:R^-1.
Lemma one_gt0 (k : unit) : 0 < one k. Proof. exact: ltr01. Qed.
Lemma one_ge0 (k : unit) : 0 <= one k. Proof. exact: ler01. Qed.
Lemma sum_one : \sum_(k : unit) one k = 1. Proof. exact: over_unit. Qed.
Lemma sure_ge0 k : 0 <= sure k. Proof. by case: k; rewrite /sure ?ler01. Qed.
Lemma sum_sure : \sum_k sure k = 1. Proof. by rewrite over_bool /sure addr0. Qed.
Lemma fair_gt0 k : 0 < fair k. Proof. by rewrite invr_gt0 ltr0n. Qed.
Lemma fair_ge0 k : 0 <= fair k. Proof. by rewrite ltW ?fair_gt0. Qed.
Lemma half2 : 2%:R^-1 + 2%:R^-1 = 1 :> R.
Proof. by rewrite -mulr2n -[_ *+ 2]mulr_natl divff// pnatr_eq0. Qed.
Lemma sum_fair : \sum_k fair k = 1. Proof. by rewrite over_bool half2. Qed.
Lemma bool2 : (2 <= #|bool_finType|)%N. Proof. by rewrite card_bool. Qed.
Lemma bool1 : (1 <= #|bool_finType|)%N. Proof. by rewrite card_bool. Qed.
Lemma unit1 : (1 <= #|unit_finType|)%N. Proof. by rewrite card_unit. Qed.
Lemma never (n m : nat) : n != m -> n%:R <> m%:R :> R.
Proof. by move=> /eqP nm /eqP; rewrite eqr_nat => /eqP. Qed.
Lemma half_neq0 : 2%:R^-1 <> 0 :> R.
Proof. by apply/eqP; rewrite invr_eq0 pnatr_eq0. Qed.

Theorem not_cross_entropy_decomposition_sum_1 : ~ wrong_cross_entropy_decomposition_sum_1 R.
Proof.
move=> /(_ unit_finType one (fun=> e) e unit1 one_gt0 sum_one e_gt0 (ltW e_lt1) (fun=> e_gt0)).
rewrite !over_unit /one divr1 ln1 ln_e !mul1r subr0 opprK mulrN1 => /(_ erefl) E.
by have := e_gt0; rewrite -oppr_lt0 -E ltr10.
Qed.

Theorem not_cross_entropy_decomposition_sum_2 : ~ wrong_cross_entropy_decomposition_sum_2 R.
Proof.
move=> /(_ unit_finType one (fun=> e) e unit1 one_gt0 sum_one e_gt0 (ltW e_lt1) (fun=> e_gt0)).
rewrite !over_unit /one div1r lnV ?posrE ?e_gt0// ln_e !mul1r mulrN1 !opprK => /(_ erefl) /eqP.
by rewrite -subr_eq0 opprD addrA subrr add0r oppr_eq0 gt_eqF ?e_gt0.
Qed.

Theorem not_bayes_rule_rule_1 : ~ wrong_bayes_rule_rule_1 R.
Proof.
move=> /(_ unit_finType unit_finType (fun _ _ => e) tt tt unit1 unit1 (fun _ _ => e_gt0)).
rewrite !over_unit ln_e opprK divff ?gt_eqF ?e_gt0// ln1 add0r => /eqP; by rewrite eq_sym oner_eq0.
Qed.

Theorem not_bayes_rule_total_1 : ~ wrong_bayes_rule_total_1 R.
Proof.
move=> /(_ unit_finType unit_finType (fun _ _ => 2%:R) tt unit1 unit1 (fun _ _ => ltr0Sn R 1)).
by rewrite !over_unit divff ?pnatr_eq0// => /(@never 1 2 isT).
Qed.

Theorem not_categorical_pmf_one_1 : ~ wrong_categorical_pmf_one_1 R.
Proof.
move=> /(_ unit_finType tt one unit1 one_ge0 sum_one).
rewrite over_unit (big_pred1 tt) /one ?subrr => [|[]//].
by rewrite eqxx mulr1 mulr0 => /eqP; rewrite oner_eq0.
Qed.
Theorem not_categorical_pmf_one_2 : ~ wrong_categorical_pmf_one_2 R.
Proof.
move=> /(_ bool_finType false sure bool1 sure_ge0 sum_sure).
by rewrite !over_bool /sure/= mulr0 mul0r addr0 expr1n expr0n addr0 => /eqP; rewrite eq_sym oner_eq0.
Qed.
Theorem not_categorical_pmf_total_1 : ~ wrong_categorical_pmf_total_1 R.
Proof.
move=> /(_ bool_finType sure bool1 sure_ge0 sum_sure).
by rewrite (categorical_pmf_total bool1 sure_ge0 sum_sure) card_bool => /(@never 1 2 isT).
Qed.
Theorem not_categorical_pmf_mean_1 : ~ wrong_categorical_pmf_mean_1 R.
Proof.
move=> /(_ bool_finType false sure bool1 sure_ge0 sum_sure).
rewrite (categorical_pmf_mean false bool1 sure_ge0 sum_sure) card_bool => /esym; exact: half_neq0.
Qed.

Theorem not_softmax_bijection_shift_1 : ~ wrong_softmax_bijection_shift_1 R.
Proof.
move=> /(_ unit_finType (fun=> 0) (- 1) tt unit1).
rewrite !over_unit addr0 expR0 divr1 divff ?gt_eqF ?expR_gt0// => E.
by have := e_lt1; rewrite /e -E ltxx.
Qed.
Theorem not_softmax_bijection_inverse_1 : ~ wrong_softmax_bijection_inverse_1 R.
Proof.
move=> /(_ bool_finType fair true bool1 fair_gt0 sum_fair).
rewrite (softmax_bijection_inverse true bool1 fair_gt0 sum_fair) card_bool /fair divff ?pnatr_eq0// => E.
by have := half2; rewrite E => /(@never 2 1 isT).
Qed.
Theorem not_softmax_bijection_difference_2 : ~ wrong_softmax_bijection_difference_2 R.
Proof.
move=> /(_ bool_finType sure true false bool1).
rewrite (softmax_bijection_difference sure true false bool1) /sure subr0 addr0 => /eqP.
by rewrite eq_sym -subr_eq0 -opprD oppr_eq0 -[1 + 1]/(2%:R) pnatr_eq0.
Qed.
Theorem not_softmax_bijection_lse_1 : ~ wrong_softmax_bijection_lse_1 R.
Proof.
move=> /(_ unit_finType (fun=> 0) 1 unit1); rewrite (softmax_bijection_lse (fun=> 0) 1 unit1).
by rewrite over_unit expR0 ln1 addr0 => /eqP; rewrite eq_sym oppr_eq0 oner_eq0.
Qed.
Theorem not_exponential_family_form_1 : ~ wrong_exponential_family_form_1 R.
Proof.
move=> /(_ unit_finType (fun=> 1) tt unit1).
by rewrite over_unit divff ?gt_eqF ?expR_gt0// ln1 => /eqP; rewrite eq_sym oner_eq0.
Qed.
Theorem not_exponential_family_pairs_2 : ~ wrong_exponential_family_pairs_2 R.
Proof.
move=> /(_ unit_finType one one unit1 one_gt0 sum_one).
by rewrite !over_unit /one expr1n mulr1 expr1n addNr => /eqP; rewrite eq_sym oner_eq0.
Qed.
Theorem not_exponential_family_sign_1 : ~ wrong_exponential_family_sign_1 R.
Proof.
move=> /(_ unit_finType one one unit1 one_gt0 sum_one).
by rewrite !over_unit /one expr1n mulr1 expr1n addNr leNgt divr_gt0 ?ltr0n.
Qed.

Theorem not_clipping_below_1 : ~ wrong_clipping_below_1 R.
Proof.
move=> /(_ unit_finType one one (fun=> 0) unit1 one_ge0 sum_one one_gt0 sum_one (fun=> lexx 0)).
by rewrite !over_unit addr0 ler_addl oppr_ge0 lern0.
Qed.
Theorem not_gibbs_inequality_gibbs_1 : ~ wrong_gibbs_inequality_gibbs_1 R.
Proof.
have h0 : 0 < 2%:R^-1 :> R by rewrite invr_gt0 ltr0n.
have h1 : 2%:R^-1 <= 1 :> R by rewrite invf_le1 ?ltr0n// ler1n.
move=> /(_ unit_finType one (fun=> 2%:R^-1) 2%:R^-1 unit1 one_gt0 sum_one h0 h1 (fun=> h0)).
rewrite !over_unit /one mul1r div1r invrK => /(_ erefl) le.
have : 5%:R * (1 - 2%:R^-1) ^+ 2 <= 1 :> R.
  by apply: le_trans le _; apply: le_trans (ln_le (ltr0Sn R 1)) _; rewrite ler_subl_addr.
have -> : 1 - 2%:R^-1 = 2%:R^-1 :> R by apply/eqP; rewrite subr_eq half2.
by rewrite exprVn -natrX ler_pdivr_mulr ?ltr0n// mul1r ler_nat.
Qed.

Theorem not_sampled_gradient_mean_1 : ~ wrong_sampled_gradient_mean_1 R.
Proof.
move=> /(_ unit_finType tt one one unit1 one_ge0 sum_one one_gt0 sum_one).
by rewrite over_unit /one eqxx addNr mul0r => /eqP; rewrite eq_sym oner_eq0.
Qed.
Theorem not_sampled_gradient_trace_1 : ~ wrong_sampled_gradient_trace_1 R.
Proof.
move=> /(_ unit_finType one one unit1 one_ge0 sum_one one_gt0 sum_one).
rewrite (sampled_gradient_trace unit1 one_ge0 sum_one one_gt0 sum_one) over_unit /one expr1n subrr.
by move=> /eqP; rewrite eq_sym oner_eq0.
Qed.
Theorem not_sampled_gradient_zero_1 : ~ wrong_sampled_gradient_zero_1 R.
Proof.
move=> /(_ unit_finType one unit1 one_ge0 sum_one).
by rewrite over_unit /one expr1n subrr leNgt divr_gt0 ?ltr0n.
Qed.
Theorem not_virtual_evidence_bound_1 : ~ wrong_virtual_evidence_bound_1 R.
Proof.
move=> /(_ unit_finType one one unit1 one_gt0 sum_one one_gt0).
by rewrite !over_unit /one !mul1r ln1 mul0r oppr0 sub0r oppr_ge0 ler10.
Qed.
Theorem not_em_step_bound_1 : ~ wrong_em_step_bound_1 R.
Proof.
move=> /(_ unit_finType one one one 0 unit1 one_gt0 sum_one one_gt0 one_gt0 (lexx 0)).
by rewrite !over_unit /one !mul1r ln1 !mulr0 subr0 !add0r ln1 lern0.
Qed.
Theorem not_geometric_mean_bound_1 : ~ wrong_geometric_mean_bound_1 R.
Proof.
move=> /(_ unit_finType one one unit1 one_gt0 sum_one one_gt0).
rewrite !over_unit /one !mul1r ln1 leNgt; have h0 : 0 < 2%:R^-1 :> R by rewrite invr_gt0 ltr0n.
move/negP; apply; apply: le_lt_trans (ln_le h0) _.
by rewrite subr_lt0 invf_lt1 ?ltr0n// ltr1n.
Qed.
Theorem not_proper_scores_identity_2 : ~ wrong_proper_scores_identity_2 R.
Proof.
move=> /(_ bool_finType sure sure bool2 sure_ge0 sum_sure sure_ge0 sum_sure).
rewrite (proper_scores_identity bool2 sure_ge0 sum_sure sure_ge0 sum_sure) !over_bool /sure !subrr.
rewrite expr1n !expr0n !addr0 !add0r addNr => /eqP; by rewrite eq_sym -[1 + 1]/(2%:R) pnatr_eq0.
Qed.
Theorem not_proper_scores_brier_1 : ~ wrong_proper_scores_brier_1 R.
Proof.
move=> /(_ bool_finType sure sure bool2 sure_ge0 sum_sure sure_ge0 sum_sure).
rewrite (proper_scores_identity bool2 sure_ge0 sum_sure sure_ge0 sum_sure) !over_bool /sure !subrr.
by rewrite expr1n !expr0n !addr0 !add0r addNr ler10.
Qed.

(** two labels with weight 1/2 each, both sure *)
Let both : bool -> bool -> R := fun i k => (i == k)%:R.
Lemma both_ge0 i k : 0 <= both i k. Proof. exact: ler0n. Qed.
Lemma sum_both i : \sum_k both i k = 1.
Proof. by rewrite over_bool /both; case: i; rewrite /= ?addr0 ?add0r. Qed.
Let same : bool -> bool -> R := fun=> fair.
Lemma same_ge0 i k : 0 <= same i k. Proof. exact: fair_ge0. Qed.
Lemma sum_same i : \sum_k same i k = 1. Proof. exact: sum_fair. Qed.

Theorem not_hard_labels_are_noisiest_trace_1 : ~ wrong_hard_labels_are_noisiest_trace_1 R.
Proof.
move=> /(_ bool_finType bool_finType fair both bool2 bool2 fair_gt0 sum_fair both_ge0 sum_both).
by rewrite !over_bool /both /= !expr1n !expr0n /= !addr0 !add0r !subrr !mul0r addr0 leNgt divr_gt0 ?ltr0n.
Qed.

Lemma gap_same : \sum_i (- (\sum_k sure k * same i k) ^+ 2 + \sum_k sure k ^+ 2 * same i k) * fair i = 4%:R^-1.
Proof.
rewrite !over_bool /sure /same /fair !mul1r !mul0r !addr0 expr1n expr0n/= !mul0r !addr0 !mul1r.
rewrite -mulrDl -mulr2n -[_ *+ 2]mulr_natr -mulrA mulfV ?pnatr_eq0// mulr1.
rewrite addrC -{1}[2%:R^-1]mulr1 expr2 -mulrBr; have -> : 1 - 2%:R^-1 = 2%:R^-1 :> R.
  by apply/eqP; rewrite subr_eq half2.
by rewrite -invfM -natrM.
Qed.
Theorem not_hard_labels_are_noisiest_gap_2 : ~ wrong_hard_labels_are_noisiest_gap_2 R.
Proof.
move=> /(_ bool_finType bool_finType fair same sure bool2 bool2 fair_gt0 sum_fair same_ge0 sum_same).
rewrite (hard_labels_are_noisiest_gap sure bool2 bool2 fair_gt0 sum_fair same_ge0 sum_same) gap_same.
rewrite !over_bool /sure /same /fair !mul1r !mul0r !addr0 -!mulrDr half2 !mulr1 addNr => /eqP.
by rewrite invr_eq0 pnatr_eq0.
Qed.
Theorem not_hard_labels_are_noisiest_gap_1 : ~ wrong_hard_labels_are_noisiest_gap_1 R.
Proof.
move=> /(_ bool_finType bool_finType fair same sure bool2 bool2 fair_gt0 sum_fair same_ge0 sum_same).
rewrite (hard_labels_are_noisiest_gap sure bool2 bool2 fair_gt0 sum_fair same_ge0 sum_same) gap_same => /eqP.
by rewrite -subr_eq0 opprK -mulr2n mulrn_eq0/= invr_eq0 pnatr_eq0.
Qed.

Theorem not_gradient_in_the_logits_gradient_1 : ~ wrong_gradient_in_the_logits_gradient_1 R.
Proof.
move=> /(_ bool_finType true sure (fun=> 0) bool2 sure_ge0 sum_sure) H.
have T := gradient_in_the_logits_gradient true (fun=> 0) bool2 sure_ge0 sum_sure.
have := etrans (esym (@derive_val _ _ _ _ _ _ _ H)) (@derive_val _ _ _ _ _ _ _ T).
rewrite over_bool expR0 /sure div1r -[1 + 1]/(2%:R) => /eqP.
by rewrite addrC subr_eq addrAC half2 subrr oner_eq0.
Qed.
Theorem not_exponential_family_gradient_1 : ~ wrong_exponential_family_gradient_1 R.
Proof.
move=> /(_ unit_finType (fun=> 0) tt unit1) H.
have T := exponential_family_gradient (fun=> 0 : R) tt unit1.
have := etrans (esym (@derive_val _ _ _ _ _ _ _ H)) (@derive_val _ _ _ _ _ _ _ T).
by rewrite over_unit divff ?gt_eqF ?expR_gt0// => /eqP; rewrite eq_sym oner_eq0.
Qed.

(** what a fair label costs *)
Lemma cost_fair : \sum_k fair k * ln (fair k) = ln 2%:R^-1.
Proof. by rewrite over_bool /fair -mulrDl half2 mul1r. Qed.
Lemma ln_half : ln 2%:R^-1 < 0 :> R.
Proof.
have h0 : 0 < 2%:R^-1 :> R by rewrite invr_gt0 ltr0n.
by apply: le_lt_trans (ln_le h0) _; rewrite subr_lt0 invf_lt1 ?ltr0n// ltr1n.
Qed.
Lemma cost_twice : ~ (- (2%:R * (\sum_k fair k * ln (fair k))) <= - (\sum_k fair k * ln (fair k))).
Proof.
by rewrite cost_fair ler_opp2 -subr_ge0 mulr_natl mulr2n addrK leNgt ln_half.
Qed.
Theorem not_cross_entropy_definition_least_1 : ~ wrong_cross_entropy_definition_least_1 R.
Proof.
by move=> /(_ bool_finType fair fair 1 bool1 fair_gt0 sum_fair ltr01 (lexx 1) fair_gt0 sum_fair) /cost_twice.
Qed.
Theorem not_mean_label_least_1 : ~ wrong_mean_label_least_1 R.
Proof.
by move=> /(_ bool_finType fair fair 1 bool1 fair_gt0 sum_fair ltr01 (lexx 1) fair_gt0 sum_fair) /cost_twice.
Qed.
Theorem not_noisy_channel_least_1 : ~ wrong_noisy_channel_least_1 R.
Proof.
by move=> /(_ bool_finType fair fair 1 bool1 fair_gt0 sum_fair ltr01 (lexx 1) fair_gt0 sum_fair) /cost_twice.
Qed.
Theorem not_sampled_gradient_trace_2 : ~ wrong_sampled_gradient_trace_2 R.
Proof.
move=> /(_ bool_finType sure fair bool1 sure_ge0 sum_sure fair_gt0 sum_fair).
rewrite (sampled_gradient_trace bool1 sure_ge0 sum_sure fair_gt0 sum_fair) {1}over_bool /sure expr1n expr0n addr0 subrr.
have -> : \sum_k fair k * ln (fair k) = ln 2%:R^-1 by exact: cost_fair.
by move/eqP; rewrite eq_sym oppr_eq0 lt_eqF ?ln_half.
Qed.
Lemma same_gt0 i k : 0 < same i k. Proof. exact: fair_gt0. Qed.
Theorem not_misspecified_projected_1 : ~ wrong_misspecified_projected_1 R.
Proof.
move=> /(_ bool_finType bool_finType fair same same bool2 bool2 fair_gt0 sum_fair same_gt0 sum_same same_gt0 sum_same).
rewrite (misspecified_projected bool2 bool2 fair_gt0 sum_fair same_gt0 sum_same same_gt0 sum_same).
move/eqP; rewrite -subr_eq0 addrAC subrr add0r sumrN oppr_eq0 /same.
have -> : \sum_i fair i * (\sum_k fair k * ln (fair k)) = ln 2%:R^-1.
  by rewrite -mulr_suml [X in X * _]sum_fair mul1r; exact: cost_fair.
by rewrite lt_eqF ?ln_half.
Qed.
Theorem not_multinomial_loss_1 : ~ wrong_multinomial_loss_1 R.
Proof.
have two : \sum_(k : bool) (1%N)%:R = 2%:R :> R by rewrite over_bool.
move=> /(_ bool_finType (fun=> 1%N) 2%N fair bool1 isT two fair_gt0 sum_fair).
rewrite (multinomial_loss bool1 _ two fair_gt0 sum_fair)// => /eqP.
rewrite -subr_eq0 -addrA addrAC subrr; rewrite over_bool ln1 addr0 add0r addr0 oppr_eq0 -[2`!]/2%N => /eqP l.
by have := ln_half; rewrite lnV ?posrE ?ltr0n// l oppr0 ltxx.
Qed.
Theorem not_bartlett_score_1 : ~ wrong_bartlett_score_1 R.
Proof.
move=> /(_ bool_finType bool_finType fair same sure bool2 bool2 fair_gt0 sum_fair same_ge0 sum_same).
rewrite (bartlett_score sure bool2 bool2 fair_gt0 sum_fair same_ge0 sum_same) => /addrI E.
have := hard_labels_are_noisiest_gap sure bool2 bool2 fair_gt0 sum_fair same_ge0 sum_same.
rewrite gap_same E subrr => /eqP; by rewrite eq_sym invr_eq0 pnatr_eq0.
Qed.
Lemma twice (x : R) : 2%:R * x = x -> x = 0.
Proof. by rewrite mulr_natl mulr2n => /eqP; rewrite -subr_eq0 addrK => /eqP. Qed.
Lemma all_true (q := fair) : \sum_k (\sum_(i : bool) (k == true)%:R) * ln (q k) = ln 2%:R^-1 + ln 2%:R^-1.
Proof. by rewrite (sum_labels (fun _ : bool => true) (fun k => ln (q k))) over_bool. Qed.
Theorem not_grouping_input_1 : ~ wrong_grouping_input_1 R.
Proof.
move=> /(_ bool_finType bool_finType (fun=> true) fair bool2 bool2 fair_gt0 sum_fair).
rewrite (grouping_input (fun=> true) bool2 bool2 fair_gt0 sum_fair) => /oppr_inj.
rewrite {1}card_bool -mulr_suml all_true => /twice /eqP.
by rewrite card_bool -mulr2n -[_ *+ 2]mulr_natr mulfK ?pnatr_eq0// lt_eqF ?ln_half.
Qed.
Theorem not_nll_is_n_cross_entropies_plain_1 : ~ wrong_nll_is_n_cross_entropies_plain_1 R.
Proof. exact: not_grouping_input_1. Qed.
Theorem not_type_identity_product_1 : ~ wrong_type_identity_product_1 R.
Proof.
move=> /(_ bool_finType bool_finType (fun=> true) fair bool1 bool1 fair_gt0 sum_fair).
rewrite (type_identity_product (fun=> true) bool1 bool1 fair_gt0 sum_fair) => /expR_inj.
rewrite {1}card_bool -mulr_suml all_true => /twice /eqP.
by rewrite card_bool -mulr2n -[_ *+ 2]mulr_natr mulfK ?pnatr_eq0// lt_eqF ?ln_half.
Qed.
Theorem not_backward_correction_unbiased_1 : ~ wrong_backward_correction_unbiased_1 R.
Proof.
pose T (i k : bool) : R := (i != k)%:R; have T0 i k : 0 <= T i k by exact: ler0n.
have T1 i : \sum_k T i k = 1 by rewrite over_bool /T; case: i; rewrite ?addr0 ?add0r.
have z0 : \sum_j sure j * T true j = 0 by rewrite over_bool /T /sure mulr0 mul0r addr0.
move=> /(_ bool_finType true T (fun=> 0) sure bool1 T0 T1 z0).
rewrite (backward_correction_unbiased bool1 T0 T1 (z := fun=> 0) z0) => /addrI /oppr_inj /eqP.
by rewrite eq_sym oner_eq0.
Qed.
Theorem not_replicated_rows_rows_1 : ~ wrong_replicated_rows_rows_1 R.
Proof.
have c0 (i k : bool) : 0 <= 1 :> R by exact: ler01.
move=> /(_ bool_finType bool_finType 2%N (fun _ _ => 1) same bool2 bool2 isT c0 same_gt0 sum_same).
rewrite (@replicated_rows_rows R bool_finType bool_finType 2%N (fun _ _ => 1) same bool2 bool2 isT c0 same_gt0 sum_same) => /twice /eqP.
rewrite !over_bool /same /fair mul1r -mulrDl -[_ + ln _]mulr2n -[_ *+ 2]mulr_natr mulfK ?pnatr_eq0//.
by rewrite -opprD oppr_eq0 -mulr2n mulrn_eq0/= lt_eqF ?ln_half.
Qed.
End Tied.
