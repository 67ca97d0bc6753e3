From mathcomp Require Import all_ssreflect ssralg ssrint ssrnum interval ring.
From mathcomp.classical Require Import boolp classical_sets functions mathcomp_extra.
From mathcomp.analysis Require Import reals constructive_ereal ereal signed topology normedtype landau sequences derive realfun exp.
From xent Require Import base softmax says identities.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Def Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

(** derivatives in one logit: each theorem is called by the claim and the relation of the book that it states; says.v has what is made from these *)
Section Tied.
Variable R : realType.

(** derivatives in one logit *)
Lemma over_moved (K : finType) (z : K -> R) (j : K) (f : K -> R -> R) (t : R) :
  \sum_k f k (if k == j then t else z k) = f j t + \sum_(k | k != j) f k (z k).
Proof.
by rewrite (bigD1 j)//= eqxx; congr (_ + _); apply: eq_bigr => k /negbTE ->.
Qed.

Theorem exponential_family_gradient : says_exponential_family_gradient R.
Proof.
move=> K z j K0 /=.
set C := \sum_(k | k != j) expR (z k).
have E t : \sum_k expR (if k == j then t else z k) = expR t + C.
  by rewrite (over_moved z j (fun=> @expR R)).
have <- : expR (z j) + C = \sum_k expR (z k) by rewrite [RHS](bigD1 j).
have S0 : 0 < expR (z j) + C.
  by rewrite ltr_paddr ?expR_gt0// sumr_ge0// => k _; rewrite ltW ?expR_gt0.
have -> : (fun t : R => ln (\sum_k expR (if k == j then t else z k))) = (@ln R) \o (fun t => expR t + C).
  by apply/funext => t /=; rewrite E.
have dZ : is_derive (z j) (1 : R) (fun t : R => expR t + C) (expR (z j)).
  have -> : (fun t : R => expR t + C) = (@expR R) + cst C by apply/funext.
  by apply: is_derive_eq; rewrite addr0.
have := @is_derive1_comp R (@ln R) (fun t : R => expR t + C) (z j) (expR (z j) + C)^-1 _ (is_derive1_ln S0) dZ.
by rewrite mulrC.
Qed.

Theorem gradient_in_the_logits_gradient : says_gradient_in_the_logits_gradient R.
Proof.
move=> K j p z K2 p0 p1 /=.
have dg := exponential_family_gradient z j (ltnW K2); rewrite /= in dg.
set F := (fun t : R => ln _) in dg.
pose C := \sum_(k | k != j) z k * p k.
have -> : (fun t : R => - (\sum_k (- ln (\sum_l expR (if l == j then t else z l)) + (if k == j then t else z k)) * p k))
    = F + (cst (- C) + (- p j) *: (id : R -> R)).
  apply/funext => t; rewrite !fctE -[- p j *: t]/(- p j * t) /F.
  under eq_bigr do rewrite mulrDl; rewrite big_split/= -mulr_sumr p1 mulr1.
  rewrite (over_moved z j (fun k x => x * p k)) /C opprD opprK opprD; congr (_ + _).
  by rewrite [LHS]addrC mulNr [p j * t]mulrC.
by apply: is_derive_eq; rewrite add0r /GRing.scale/= mulr1.
Qed.
End Tied.
